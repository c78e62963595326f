using MyData.Core.Citizens;

namespace MyData.Web.Sandbox.Personas;

/// <summary>The twelve made-up people that every sandbox agency and identity authority knows.</summary>
public static class SandboxPersonas
{
    public static IReadOnlyList<Persona> All { get; } =
    [
        new()
        {
            Key = "lin",
            Id = NationalId.Parse("A299001174"),
            Name = "林怡君",
            LatinName = "LIN, YI-CHUN",
            Birth = new(1988, 3, 14),
            Gender = PersonaGender.Female,
            Address = "臺北市大安區龍泉里12鄰和平東路一段129巷8號5樓",
            HealthCard = "000012345671",
            Household = "F1230017",
            Father = "林正雄",
            Mother = "蔡秀琴",
            Spouse = "郭冠廷",
            Reason = "PersonaOrdinary",
        },
        new()
        {
            Key = "chen",
            Id = NationalId.Parse("E199002244"),
            Name = "陳志明",
            LatinName = "CHEN, CHIH-MING",
            Birth = new(1979, 11, 2),
            Gender = PersonaGender.Male,
            Address = "高雄市鳳山區文山里3鄰文衡路256號",
            HealthCard = "000023456782",
            Household = "S2240932",
            Father = "陳文雄",
            Mother = "許麗華",
            Spouse = "謝佩珊",
            Reason = "PersonaFamily",
        },
        new()
        {
            Key = "chang",
            Id = NationalId.Parse("B299003366"),
            Name = "張雅婷",
            LatinName = "CHANG, YA-TING",
            Birth = new(1996, 7, 29),
            Gender = PersonaGender.Female,
            Address = "臺中市西屯區何福里21鄰大容東街77號11樓之2",
            HealthCard = "000034567893",
            Household = "B3361105",
            Father = "張家豪",
            Mother = "賴淑惠",
            Reason = "PersonaFirstJob",
        },
        new()
        {
            Key = "wang",
            Id = NationalId.Parse("F199004427"),
            Name = "王俊傑",
            LatinName = "WANG, CHUN-CHIEH",
            Birth = new(1990, 2, 28),
            Gender = PersonaGender.Male,
            Address = "新北市板橋區新埔里8鄰文化路二段182巷3弄15號3樓",
            HealthCard = "000045678904",
            Household = "F4420781",
            Father = "王金龍",
            Mother = "周月娥",
            Spouse = "廖欣怡",
            Reason = "PersonaOrdinary",
        },
        new()
        {
            Key = "li",
            Id = NationalId.Parse("D299005586"),
            Name = "李美玲",
            LatinName = "LI, MEI-LING",
            Birth = new(1964, 9, 9),
            Gender = PersonaGender.Female,
            Address = "臺南市中西區赤嵌里5鄰民族路二段317號",
            HealthCard = "000056789015",
            Household = "D5580260",
            Father = "李清水",
            Mother = "洪玉葉",
            Spouse = "曾國棟",
            Reason = "PersonaRichRecord",
        },
        new()
        {
            Key = "huang",
            Id = NationalId.Parse("N199006632"),
            Name = "黃建宏",
            LatinName = "HUANG, CHIEN-HUNG",
            Birth = new(1952, 12, 31),
            Gender = PersonaGender.Male,
            Address = "彰化縣鹿港鎮新宮里2鄰中山路430號",
            HealthCard = "000067890126",
            Household = "N6630418",
            Father = "黃阿土",
            Mother = "施菊",
            Spouse = "粘秀鳳",
            Reason = "PersonaRetired",
        },
        new()
        {
            Key = "wu",
            Id = NationalId.Parse("G299007716"),
            Name = "吳淑芬",
            LatinName = "WU, SHU-FEN",
            Birth = new(1973, 5, 17),
            Gender = PersonaGender.Female,
            Address = "宜蘭縣羅東鎮仁愛里6鄰中正北路88號",
            HealthCard = "000078901237",
            Household = "G7710593",
            HoldsNothing = true,
            Reason = "PersonaNothing",
        },
        new()
        {
            Key = "yang",
            Id = NationalId.Parse("K199003291"),
            Name = "楊\U000242EE\U0002555B",
            LatinName = "YANG, HSI-YEN",
            Birth = new(1985, 6, 6),
            Gender = PersonaGender.Male,
            Address = "新竹縣關西鎮\U00021D5E背里4鄰\U00021D5E背路1之\U00026C29號",
            HealthCard = "000089012348",
            Household = "K3290077",
            Father = "楊\U00020BB7祥",
            Mother = "范\U0002A6B2妹",
            Reason = "PersonaRareCharacters",
        },
        new()
        {
            Key = "kolas",
            Id = NationalId.Parse("U199008856"),
            Name = "Kolas Panay Mayaw Lisin Nakaw Dongi Fotol Sra Kacaw Ciwidian",
            LatinName = "KOLAS PANAY MAYAW LISIN NAKAW DONGI FOTOL SRA KACAW CIWIDIAN",
            Birth = new(1992, 8, 1),
            Gender = PersonaGender.Male,
            Address = "花蓮縣光復鄉大馬村9鄰中正路一段21號",
            HealthCard = "000090123459",
            Household = "U8850164",
            Father = "Mayaw Lisin Fotol Kacaw Ciwidian",
            Mother = "Panay Nakaw Dongi Sra",
            Reason = "PersonaLongName",
        },
        new()
        {
            Key = "nguyen",
            Id = NationalId.Parse("F999001075"),
            Name = "阮氏梅",
            LatinName = "NGUYEN THI MAI",
            Birth = new(1991, 4, 30),
            Gender = PersonaGender.Female,
            Address = "桃園市中壢區內壢里15鄰中華路一段205號4樓",
            HealthCard = "000101234560",
            Household = "H9010752",
            Father = "NGUYEN VAN HUNG",
            Mother = "TRAN THI LAN",
            Spouse = "劉家銘",
            Reason = "PersonaResident",
        },
        new()
        {
            Key = "kuo",
            Id = NationalId.Parse("A299002135"),
            Name = "郭小晴",
            LatinName = "KUO, HSIAO-CHING",
            Birth = new(2014, 10, 20),
            Gender = PersonaGender.Female,
            Address = "臺北市大安區龍泉里12鄰和平東路一段129巷8號5樓",
            HealthCard = "000112345671",
            Household = "F1230017",
            Father = "郭冠廷",
            Mother = "林怡君",
            Reason = "PersonaMinor",
        },
        new()
        {
            Key = "chou",
            Id = NationalId.Parse("V299009945"),
            Name = "周玉梅",
            LatinName = "CHOU, YU-MEI",
            Birth = new(1959, 1, 1),
            Gender = PersonaGender.Female,
            Address = "臺東縣池上鄉大埔村7鄰忠孝路166號",
            HealthCard = "000123456782",
            Household = "V9940321",
            Father = "周水木",
            Mother = "潘阿春",
            Spouse = "古進財",
            DocumentsActivated = false,
            Reason = "PersonaNotActivated",
        },
    ];

    public static Persona? Find(NationalId id) => All.FirstOrDefault(p => p.Id == id);

    public static Persona? Find(string key) =>
        All.FirstOrDefault(p => string.Equals(p.Key, key, StringComparison.Ordinal));
}

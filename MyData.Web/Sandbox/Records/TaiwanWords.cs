namespace MyData.Web.Sandbox.Records;

/// <summary>Ordinary words of the agencies, to build believable records from. No firm or person is meant.</summary>
public static class TaiwanWords
{
    public static IReadOnlyList<string> Firms { get; } =
    [
        "晨光數位科技股份有限公司",
        "福爾摩沙精密工業股份有限公司",
        "好日子食品有限公司",
        "青田文化事業有限公司",
        "海岸線物流股份有限公司",
        "大稻埕布行",
        "北辰會計師事務所",
        "山城旅宿有限公司",
        "南方綠能股份有限公司",
        "小巷子咖啡館",
        "永續水資源顧問股份有限公司",
        "東海岸農產運銷合作社",
        "竹塹光電股份有限公司",
        "和平診所",
        "向陽幼兒園",
        "鹿耳門營造有限公司",
    ];

    /// <summary>The firm's registered number: eight digits, the same wherever the firm appears.</summary>
    public static string NumberOf(string firm) => new SeededNumbers("firm", firm).Digits(8);

    public static IReadOnlyList<string> Cities { get; } =
    [
        "臺北市",
        "新北市",
        "桃園市",
        "臺中市",
        "臺南市",
        "高雄市",
        "基隆市",
        "新竹縣",
        "苗栗縣",
        "彰化縣",
        "南投縣",
        "雲林縣",
        "嘉義縣",
        "屏東縣",
        "宜蘭縣",
        "花蓮縣",
        "臺東縣",
        "澎湖縣",
    ];

    public static IReadOnlyList<string> Roads { get; } =
    [
        "中山路",
        "中正路",
        "民生路",
        "民族路",
        "民權路",
        "和平路",
        "復興路",
        "信義路",
        "仁愛路",
        "忠孝路",
        "光復路",
        "文化路",
        "建國路",
        "自由路",
        "公園路",
        "成功路",
    ];

    public static IReadOnlyList<string> Sections { get; } =
    [
        "學府段",
        "龍泉段",
        "文衡段",
        "大容段",
        "新埔段",
        "赤嵌段",
        "新宮段",
        "仁愛段",
        "溪埔段",
        "大馬段",
        "內壢段",
        "池上段",
        "和平段一小段",
        "福德段二小段",
        "東湖段三小段",
    ];

    public static IReadOnlyList<string> Banks { get; } =
    ["第九商業銀行", "合作城鄉銀行", "海島商業銀行", "中華便民郵政", "大埔農會信用部"];

    public static IReadOnlyList<(string Brand, string Model, int Cc)> Cars { get; } =
    [
        ("TOYOTA", "ALTIS", 1798),
        ("TOYOTA", "RAV4", 1987),
        ("HONDA", "FIT", 1498),
        ("NISSAN", "KICKS", 1498),
        ("FORD", "KUGA", 1497),
        ("MAZDA", "MAZDA3", 1998),
        ("MITSUBISHI", "COLT PLUS", 1499),
        ("LUXGEN", "N7", 0),
    ];

    public static IReadOnlyList<(string Brand, string Model, int Cc)> Motorcycles { get; } =
    [
        ("KYMCO 光陽", "GP 125", 125),
        ("SYM 三陽", "JET SL", 125),
        ("YAMAHA", "CYGNUS", 125),
        ("GOGORO", "VIVA", 0),
        ("SUZUKI", "ADDRESS", 113),
    ];
}

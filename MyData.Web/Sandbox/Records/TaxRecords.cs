using System.Globalization;
using System.Text.Json.Nodes;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Records;

/// <summary>What the tax authority holds for one year: income (API.syWqjr4flJ) and property (API.Mo23SDWhsn).</summary>
public static class TaxRecords
{
    /// <summary>Years of the Republic that are on file; another year is a wrong parameter, not an empty answer.</summary>
    public static bool HasYear(string year) =>
        int.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out var y) && y is >= 105 and <= 114;

    public static JsonObject Income(Persona person, string year)
    {
        var numbers = new SeededNumbers("income", person.Key, year);
        var items = new JsonArray();
        long gross = 0;
        long withheld = 0;
        void Add(string payer, string kind, int amount, int rate)
        {
            var tax = amount * rate / 100;
            gross += amount;
            withheld += tax;
            items.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["payer"] = payer,
                        ["payerNo"] = TaiwanWords.NumberOf(payer),
                        ["kind"] = kind,
                        ["gross"] = amount,
                        ["withheld"] = tax,
                        ["pension"] = kind == "薪資" ? amount * numbers.Between(0, 6) / 100 : 0,
                    }
            );
        }
        if (!person.IsMinorOn(RocDate.RecordsEnd))
        {
            Add(numbers.Pick(TaiwanWords.Firms), "薪資", numbers.Between(380, 1_450) * 1_000, 5);
        }
        Add(numbers.Pick(TaiwanWords.Banks), "利息", numbers.Between(120, 48_000), 0);
        for (var i = numbers.Between(0, 4); i > 0; i--)
        {
            Add(numbers.Pick(TaiwanWords.Firms), "營利", numbers.Between(300, 90_000), 0);
        }
        if (numbers.Chance(25))
        {
            Add(numbers.Pick(TaiwanWords.Firms), "租賃", numbers.Between(10, 40) * 12_000, 10);
        }
        return new JsonObject
        {
            ["name"] = person.Name,
            ["id"] = person.Id.Value,
            ["year"] = year,
            ["asOf"] = RocDate.Write(RocDate.RecordsEnd),
            ["itemCount"] = items.Count,
            ["totalGross"] = gross,
            ["totalWithheld"] = withheld,
            ["items"] = items,
        };
    }

    public static JsonObject Property(Persona person, string year)
    {
        var numbers = new SeededNumbers("property", person.Key, year);
        var items = new JsonArray();
        long total = 0;
        void Add(string kind, string location, double area, string share, int value)
        {
            total += value;
            items.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["kind"] = kind,
                        ["location"] = location,
                        ["area"] = area,
                        ["share"] = share,
                        ["value"] = value,
                    }
            );
        }
        for (var i = numbers.Between(0, 3); i > 0; i--)
        {
            var lot =
                $"{numbers.Pick(TaiwanWords.Cities)}{numbers.Pick(TaiwanWords.Sections)}{numbers.Digits(4)}-{numbers.Digits(4)}地號";
            Add(
                "土地",
                lot,
                numbers.Between(800, 45_000) / 100.0,
                $"{numbers.Between(1, 9)}/{numbers.Between(10, 120)}",
                numbers.Between(200, 9_000) * 1_000
            );
        }
        if (numbers.Chance(60))
        {
            Add(
                "房屋",
                person.Address,
                numbers.Between(5_500, 16_000) / 100.0,
                "全部",
                numbers.Between(180, 900) * 1_000
            );
        }
        if (numbers.Chance(50))
        {
            Add("汽車", numbers.Pick(TaiwanWords.Cars).Brand, 0, "全部", 0);
        }
        for (var i = numbers.Between(0, 3); i > 0; i--)
        {
            Add("投資", numbers.Pick(TaiwanWords.Firms), 0, "全部", numbers.Between(1, 300) * 1_000);
        }
        return new JsonObject
        {
            ["ownerId"] = person.Id.Value,
            ["ownerName"] = person.Name,
            ["year"] = year,
            ["asOf"] = RocDate.Write(RocDate.RecordsEnd),
            ["itemCount"] = items.Count,
            ["totalValue"] = total,
            ["items"] = items,
        };
    }
}

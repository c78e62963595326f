using System.Globalization;
using System.Text.Json.Nodes;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Records;

/// <summary>Vehicles of one owner: API.60GGfgGX1A, with the field names of the live data set (protocols.md B3).</summary>
public static class VehicleRecords
{
    private static readonly string[] Colours = ["白", "黑", "銀", "灰", "紅", "藍"];

    /// <summary>Null where somebody is too young to own one.</summary>
    public static JsonObject? Build(Persona person)
    {
        if (person.IsMinorOn(RocDate.RecordsEnd))
        {
            return null;
        }
        var numbers = new SeededNumbers("vehicle", person.Key);
        var vehicles = new JsonArray();
        for (var i = numbers.Between(1, 3); i > 0; i--)
        {
            vehicles.Add((JsonNode)Vehicle(person, numbers, motorcycle: numbers.Chance(55)));
        }
        return new JsonObject
        {
            ["ownerId"] = person.Id.Value,
            ["ownerName"] = person.Name,
            ["asOf"] = RocDate.Write(RocDate.RecordsEnd),
            ["vehicleCount"] = vehicles.Count,
            ["vehicles"] = vehicles,
        };
    }

    private static JsonObject Vehicle(Persona person, SeededNumbers numbers, bool motorcycle)
    {
        var (brand, model, cc) = numbers.Pick(motorcycle ? TaiwanWords.Motorcycles : TaiwanWords.Cars);
        var licensed = numbers.Day(Latest(person.Birth.AddYears(20), new(2012, 1, 1)), RocDate.RecordsEnd.AddDays(-60));
        var made = licensed.AddDays(-numbers.Between(20, 200));
        return new JsonObject
        {
            ["plateNo"] = motorcycle
                ? $"{numbers.Letters(3)}-{numbers.Digits(4)}"
                : $"{numbers.Letters(3)}-{numbers.Digits(3)}{numbers.Between(0, 9)}",
            ["vehicleType"] = motorcycle ? "普通重型機車" : "自用小客車",
            ["brandName"] = brand,
            ["model"] = model,
            ["cc"] = cc,
            ["color"] = numbers.Pick(Colours),
            ["madeIn"] = string.Create(CultureInfo.InvariantCulture, $"{made.Year}-{made.Month:D2}"),
            ["licEffectDt"] = RocDate.Write(licensed),
            ["inspectionDue"] = RocDate.Write(licensed.AddYears(RocDate.RecordsEnd.Year - licensed.Year + 1)),
            ["fuelFee"] = cc switch
            {
                0 => 0,
                <= 125 => 450,
                <= 1500 => 4_320,
                <= 1800 => 4_800,
                _ => 6_180,
            },
        };
    }

    private static DateOnly Latest(DateOnly a, DateOnly b) => a > b ? a : b;
}

using System.Text;
using System.Text.Json.Nodes;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Records;

/// <summary>The household register: API.7QovE2Gev6.</summary>
public static class HouseholdRecords
{
    /// <summary>
    /// With the archive number alone in a table beside it: too short to be compressed, so it stands in the package as it is, and a
    /// search for it through a memory dump would find it.
    /// </summary>
    public static AgencyRecord Record(Persona person)
    {
        var data = Build(person);
        var csv = Encoding.UTF8.GetBytes($"archiveNo\r\n{data["archiveNo"]}\r\n");
        return new(data) { Csv = csv, CsvField = "archiveNo" };
    }

    public static JsonObject Build(Persona person)
    {
        var numbers = new SeededNumbers("household", person.Key);
        var grown = person.IsMinorOn(RocDate.RecordsEnd) ? person.Birth : person.Birth.AddYears(20);
        var moved = numbers.Day(Latest(grown, new(1998, 1, 1)), new(2024, 12, 31));
        var data = new JsonObject
        {
            ["name"] = person.Name,
            ["latinName"] = person.LatinName,
            ["id"] = person.Id.Value,
            ["birthday"] = RocDate.Write(person.Birth),
            ["gender"] = person.Gender == PersonaGender.Female ? "女" : "男",
            ["birthplace"] = numbers.Pick(TaiwanWords.Cities),
            ["address"] = person.Address,
            ["householdNo"] = person.Household,
            ["householdHead"] = person.IsMinorOn(RocDate.RecordsEnd) ? person.Father : person.Name,
            ["relation"] = person.IsMinorOn(RocDate.RecordsEnd) ? "長女" : "戶長",
            ["father"] = person.Father ?? "",
            ["mother"] = person.Mother ?? "",
            ["spouse"] = person.Spouse,
            ["maritalStatus"] = person.Spouse is null ? "未婚" : "有偶",
            ["registeredSince"] = RocDate.Write(moved),
            // No sign-in hands this number out, so a test can look for it wherever it must not be.
            ["archiveNo"] = $"RIS-{numbers.Hex(24)}",
        };
        if (person.Spouse is null)
            data.Remove("spouse");
        data["records"] = Entries(person, moved, numbers);
        return data;
    }

    private static JsonArray Entries(Persona person, DateOnly moved, SeededNumbers numbers)
    {
        var entries = new List<(DateOnly Day, string Kind, string Text)>
        {
            (
                person.Birth.AddDays(numbers.Between(5, 40)),
                "出生登記",
                $"民國{person.Birth.Year - 1911}年{person.Birth.Month}月{person.Birth.Day}日出生，由父申登。"
            ),
            (moved, "遷徙登記", $"由{numbers.Pick(TaiwanWords.Cities)}遷入現址。"),
        };
        if (person.Spouse is not null)
        {
            var married = numbers.Day(person.Birth.AddYears(24), person.Birth.AddYears(33));
            entries.Add(
                (
                    married,
                    "結婚登記",
                    $"與{person.Spouse}結婚，民國{married.Year - 1911}年{married.Month}月{married.Day}日申登。"
                )
            );
        }
        if (person.Birth.AddYears(14) is var first && first < RocDate.RecordsEnd)
        {
            entries.Add((first.AddDays(numbers.Between(1, 90)), "請領國民身分證", "初領國民身分證。"));
        }
        return
        [
            .. entries
                .OrderBy(e => e.Day)
                .Select(e => new JsonObject
                {
                    ["date"] = RocDate.Write(e.Day),
                    ["kind"] = e.Kind,
                    ["text"] = e.Text,
                }),
        ];
    }

    private static DateOnly Latest(DateOnly a, DateOnly b) => a > b ? a : b;
}

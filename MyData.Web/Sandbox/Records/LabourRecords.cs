using System.Text.Json.Nodes;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Records;

/// <summary>Labour insurance with its insured periods: API.UZQkKbsOpz.</summary>
public static class LabourRecords
{
    // Grades of insured salary (投保薪資分級): the highest one caps what is insured, whatever somebody earns.
    private static readonly int[] Grades =
    [
        28_590,
        30_300,
        31_800,
        33_300,
        34_800,
        36_300,
        38_200,
        40_100,
        42_000,
        43_900,
        45_800,
    ];

    /// <summary>Null where somebody is too young to be insured, or past it.</summary>
    public static JsonObject? Build(Persona person)
    {
        if (person.IsMinorOn(RocDate.RecordsEnd))
        {
            return null;
        }
        var numbers = new SeededNumbers("labour", person.Key);
        var periods = Periods(person, numbers);
        var last = periods[^1];
        var insured = last.End is null;
        var days = periods
            .Where(p => p.Kind != "退保")
            .Sum(p => (p.End ?? RocDate.RecordsEnd).DayNumber - p.Start.DayNumber);
        var wage = last.Salary + (numbers.Between(0, 12) * 1_000);
        return new JsonObject
        {
            ["name"] = person.Name,
            ["id"] = person.Id.Value,
            ["birthday"] = RocDate.Write(person.Birth),
            ["status"] = Status(insured),
            ["unitName"] = last.Firm,
            ["unitNo"] = last.FirmNo,
            ["startDate"] = RocDate.Write(last.Start),
            ["insuredSalary"] = last.Salary,
            ["firstInsured"] = RocDate.Write(periods[0].Start),
            ["totalYears"] = days / 365,
            ["totalDays"] = days % 365,
            ["oldAgeBasis"] = periods.TakeLast(5).Sum(p => p.Salary) / Math.Min(5, periods.Count),
            ["employmentStatus"] = person.Id.IsResident ? "不適用" : Status(insured),
            ["employmentYears"] = Math.Round(days / 365.25, 2),
            ["accidentStatus"] = Status(insured),
            ["accidentSalary"] = wage,
            ["pensionWage"] = wage,
            ["pensionRate"] = 6,
            ["ownRate"] = numbers.Between(0, 6),
            ["pensionBalance"] = (long)wage * 6 / 100 * (days / 30),
            ["arrears"] = 0,
            ["asOf"] = RocDate.Write(RocDate.RecordsEnd),
            ["periods"] = new JsonArray([.. periods.Select(Row)]),
        };
    }

    private static string Status(bool insured) => insured ? "加保中" : "已退保";

    private static JsonObject Row(Period period)
    {
        var row = new JsonObject
        {
            ["unitName"] = period.Firm,
            ["unitNo"] = period.FirmNo,
            ["kind"] = period.Kind,
            ["start"] = RocDate.Write(period.Start),
        };
        if (period.End is { } end)
        {
            row["end"] = RocDate.Write(end);
        }
        row["salary"] = period.Salary;
        return row;
    }

    private static List<Period> Periods(Persona person, SeededNumbers numbers)
    {
        var start = person.Birth.AddYears(22).AddDays(numbers.Between(0, 400));
        var stop = person.Birth.AddYears(63) < RocDate.RecordsEnd ? person.Birth.AddYears(63) : (DateOnly?)null;
        var until = stop ?? RocDate.RecordsEnd;
        var grade = numbers.Between(0, 2);
        var periods = new List<Period>();
        for (var firm = ""; start < until; start = start.AddDays(numbers.Between(1, 120)))
        {
            firm = numbers.Pick([.. TaiwanWords.Firms.Where(f => f != firm)]);
            var leaves = Earliest(start.AddDays(numbers.Between(500, 2_900)), until);
            for (var kind = "加保"; start < leaves; kind = "調薪")
            {
                var raised = grade + 1 < Grades.Length ? start.AddDays(numbers.Between(330, 800)) : leaves;
                var end = Earliest(raised, leaves);
                periods.Add(new(firm, kind, start, end >= RocDate.RecordsEnd ? null : end, Grades[grade]));
                grade += end < leaves ? 1 : 0;
                start = end;
            }
            grade = Math.Min(grade + numbers.Between(0, 1), Grades.Length - 1);
        }
        return periods;
    }

    private static DateOnly Earliest(DateOnly a, DateOnly b) => a < b ? a : b;

    private sealed record Period(string Firm, string Kind, DateOnly Start, DateOnly? End, int Salary)
    {
        public string FirmNo => TaiwanWords.NumberOf(Firm) + "A";
    }
}

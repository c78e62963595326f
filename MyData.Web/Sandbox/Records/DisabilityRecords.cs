using System.Text.Json.Nodes;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Records;

/// <summary>Disability certificate: API.nyhnLM1fve, which asks for LoA3.</summary>
public static class DisabilityRecords
{
    private static readonly string[] Degrees = ["輕度", "中度", "重度", "極重度"];

    private static readonly string[] Kinds =
    [
        "第二類 眼、耳及相關構造與感官功能及疼痛",
        "第四類 循環、造血、免疫與呼吸系統構造及其功能",
        "第七類 神經、肌肉、骨骼之移動相關構造及其功能",
    ];

    public static JsonObject Build(Persona person)
    {
        var numbers = new SeededNumbers("disability", person.Key);
        var assessed = numbers.Day(new(2021, 1, 1), RocDate.RecordsEnd);
        return new JsonObject
        {
            ["name"] = person.Name,
            ["id"] = person.Id.Value,
            ["certificateNo"] = numbers.Letters(2) + numbers.Digits(8),
            ["category"] = numbers.Pick(Kinds),
            ["degree"] = numbers.Pick(Degrees),
            ["assessedOn"] = RocDate.Write(assessed),
            ["reassessBy"] = RocDate.Write(assessed.AddYears(5)),
            ["companion"] = numbers.Chance(50) ? "有" : "無",
            ["issuedBy"] = $"{person.Address[..3]}政府社會局",
        };
    }
}

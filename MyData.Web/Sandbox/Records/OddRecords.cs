using System.Text.Json.Nodes;
using MyData.Web.Sandbox.Personas;
using MyData.Web.Sandbox.Pictures;

namespace MyData.Web.Sandbox.Records;

/// <summary>The misbehaving agencies' record: a field of every kind.</summary>
public static class OddRecords
{
    public static JsonObject Build(Persona person) =>
        new()
        {
            ["ownerId"] = person.Id.Value,
            ["name"] = person.Name,
            ["birthday"] = RocDate.Write(person.Birth),
            ["amount"] = new SeededNumbers("odd", person.Key).Between(1, 9_999_999),
            ["note"] = "一切正常",
            ["picture"] = Convert.ToBase64String(CardPicture.Front(person)),
            ["items"] = new JsonArray(new JsonObject { ["label"] = "甲", ["text"] = "乙" }),
        };
}

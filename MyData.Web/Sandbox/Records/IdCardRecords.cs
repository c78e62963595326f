using System.Text.Json.Nodes;
using MyData.Web.Sandbox.Personas;
using MyData.Web.Sandbox.Pictures;

namespace MyData.Web.Sandbox.Records;

/// <summary>ID card with drawn pictures: API.idPhotoRev. Null for somebody who has no such card (residents, children).</summary>
public static class IdCardRecords
{
    private static readonly string[] Kinds = ["初領", "補領", "換領"];

    public static JsonObject? Build(Persona person)
    {
        if (person.Id.IsResident || person.Birth.AddYears(14) > RocDate.RecordsEnd)
            return null;
        var numbers = new SeededNumbers("id-card", person.Key);
        var issued = numbers.Day(new(Math.Max(2006, person.Birth.Year + 14), 12, 31), RocDate.RecordsEnd);
        return new JsonObject
        {
            ["name"] = person.Name,
            ["id"] = person.Id.Value,
            ["birthday"] = RocDate.Write(person.Birth),
            ["issuedOn"] = RocDate.Write(issued),
            ["issueKind"] = numbers.Pick(Kinds),
            ["issuePlace"] = person.Address[..3],
            ["front"] = Convert.ToBase64String(CardPicture.Front(person)),
            ["back"] = Convert.ToBase64String(CardPicture.Back(person)),
        };
    }
}

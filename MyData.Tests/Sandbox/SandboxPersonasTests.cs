using System.Globalization;
using MyData.Core.Citizens;
using MyData.Web.Sandbox.Personas;

namespace MyData.Tests.Sandbox;

public sealed class SandboxPersonasTests
{
    [Fact]
    public void All_Always_AreTwelveDifferentPeople()
    {
        Assert.Equal(12, SandboxPersonas.All.Count);
        Assert.Equal(12, SandboxPersonas.All.Select(p => p.Id).Distinct().Count());
        Assert.Equal(12, SandboxPersonas.All.Select(p => p.HealthCard).Distinct().Count());
        Assert.Equal(12, SandboxPersonas.All.Select(p => p.Key).Distinct().Count());
    }

    [Fact]
    public void Numbers_OfEverybody_HaveTheirForm() =>
        Assert.All(
            SandboxPersonas.All,
            person =>
            {
                Assert.True(NationalId.TryParse(person.Id.Value, out _));
                Assert.Matches("^[0-9]{12}$", person.HealthCard);
                Assert.Matches("^[A-Z][0-9]{7}$", person.Household);
                Assert.Same(person, SandboxPersonas.Find(person.Id));
                // The second character tells the sex, of citizens and of residents.
                Assert.Equal(person.Gender == PersonaGender.Female, person.Id.Value[1] is '2' or '9');
            }
        );

    [Fact]
    public void Personas_ThatTestsNeed_AreThere()
    {
        var all = SandboxPersonas.All;
        Assert.Single(all, p => p.HoldsNothing);
        Assert.Single(all, p => !p.DocumentsActivated);
        Assert.Single(all, p => p.Id.IsResident);
        Assert.Single(all, p => p.IsMinorOn(new DateOnly(2026, 6, 30)));
        Assert.Single(all, p => p.Name.Any(char.IsSurrogate) && p.Address.Any(char.IsSurrogate));
        Assert.Single(all, p => p.Name.Length > 50 && p.Name.All(c => char.IsAsciiLetter(c) || c == ' '));
    }

    [Fact]
    public void RareCharacters_Always_StandOutsideTheBasicPlane()
    {
        var rare = SandboxPersonas.Find("yang")!;
        var characters = StringInfo.GetTextElementEnumerator(rare.Name);
        var count = 0;
        while (characters.MoveNext())
            count++;
        Assert.Equal(3, count);
        Assert.Equal(5, rare.Name.Length);
    }

    [Fact]
    public void ToString_Always_GivesNoNumberAway() =>
        Assert.All(SandboxPersonas.All, person => Assert.DoesNotContain(person.Id.Value, $"{person}"));
}

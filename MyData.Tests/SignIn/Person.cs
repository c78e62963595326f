using MyData.Core.Citizens;

namespace MyData.Tests.SignIn;

/// <summary>Somebody made up, with all her proofs.</summary>
public sealed record Person(string Id, string Name, string HealthCard, string Household)
{
    public static readonly Person Alice = Make("A20000001", "林怡君", 1);
    public static readonly Person Bob = Make("B10000002", "陳大文", 2);

    public string Birthdate { get; init; } = "1990-05-17";
    public string Gender { get; init; } = "female";

    /// <summary>Person number <paramref name="n"/>, always the same.</summary>
    public static Person Number(int n) => Make($"F2{n:D7}", $"甲{n}", n);

    private static Person Make(string firstNine, string name, int n) =>
        new(NationalId.Complete(firstNine).Value, name, $"{n:D12}", $"F{n:D7}");

    public override string ToString() => Name;
}

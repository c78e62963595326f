using System.Text;

namespace MyData.Core.Ledger;

/// <summary>What a member's value is.</summary>
internal enum MemberKind
{
    Text,
    Texts,
    Integer,
    Hash,
    Id,
    Tags,
    Signature,
}

/// <summary>The members of a record in their order, which is that of their names (ledger.md, "Record").</summary>
internal static class RecordMembers
{
    public const int Act = 0;
    public const int Con = 1;
    public const int Fld = 2;
    public const int From = 3;
    public const int Id = 4;
    public const int Idm = 5;
    public const int Kid = 6;
    public const int N = 7;
    public const int Op = 8;
    public const int Req = 9;
    public const int Res = 10;
    public const int Rsp = 11;
    public const int Seal = 12;
    public const int Sub = 13;
    public const int T = 14;
    public const int To = 15;
    public const int Up = 16;
    public const int V = 17;
    public const int Via = 18;
    public const int Who = 19;
    public const int Why = 20;
    public const int Count = 21;

    /// <summary>A bit for each member that no record lacks.</summary>
    public const int Required =
        1 << From | 1 << Id | 1 << Kid | 1 << N | 1 << Op | 1 << Res | 1 << T | 1 << To | 1 << V | 1 << Via | 1 << Why;

    private static readonly (string Name, MemberKind Kind)[] All =
    [
        ("act", MemberKind.Hash),
        ("con", MemberKind.Hash),
        ("fld", MemberKind.Texts),
        ("from", MemberKind.Text),
        ("id", MemberKind.Id),
        ("idm", MemberKind.Text),
        ("kid", MemberKind.Text),
        ("n", MemberKind.Integer),
        ("op", MemberKind.Text),
        ("req", MemberKind.Hash),
        ("res", MemberKind.Text),
        ("rsp", MemberKind.Hash),
        ("seal", MemberKind.Hash),
        ("sub", MemberKind.Tags),
        ("t", MemberKind.Integer),
        ("to", MemberKind.Text),
        ("up", MemberKind.Signature),
        ("v", MemberKind.Integer),
        ("via", MemberKind.Text),
        ("who", MemberKind.Hash),
        ("why", MemberKind.Text),
    ];

    private static readonly byte[][] Tokens = [.. All.Select(member => Encoding.ASCII.GetBytes($"\"{member.Name}\":"))];

    public static string Name(int member) => All[member].Name;

    public static MemberKind Kind(int member) => All[member].Kind;

    /// <summary>The name with its quotes and its colon.</summary>
    public static ReadOnlySpan<byte> Token(int member) => Tokens[member];
}

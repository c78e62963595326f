using System.Security.Cryptography;
using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>What a witness refused, and the note that it did not continue: evidence, as files.</summary>
internal static class RefusedNotes
{
    private const int Most = 200;

    /// <summary>Both notes, once for each that was sent.</summary>
    /// <param name="folder">of the copy</param>
    /// <returns>where they are</returns>
    public static string Keep(string folder, HeldLog held, AddCheckpoint add) =>
        Keep(folder, held, add.Checkpoint, add.ToBytes());

    /// <summary>The same of what another witness shows.</summary>
    public static string Keep(string folder, HeldLog held, SignedNote shown) =>
        Keep(folder, held, shown, shown.ToBytes());

    private static string Keep(string folder, HeldLog held, SignedNote note, byte[] sent)
    {
        var all = Path.Combine(folder, "evidence");
        DurableFolder.Create(all, folder);
        var name = Convert.ToHexStringLower(SHA256.HashData(note.Text.Span).AsSpan(0, 8));
        var one = Path.Combine(all, name);
        if (Directory.Exists(one) || Directory.EnumerateDirectories(all).Count() >= Most)
            return one;
        DurableFolder.Create(one, all);
        File.WriteAllBytes(Path.Combine(one, "sent"), sent);
        File.WriteAllBytes(Path.Combine(one, "held"), held.Note?.ToBytes() ?? []);
        return one;
    }
}

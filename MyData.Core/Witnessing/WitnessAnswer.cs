using System.Text;
using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>What a witness answers (c2sp.org/tlog-witness, "add-checkpoint").</summary>
/// <param name="Status">of HTTP: 200, 400, 403, 404, 409, 422, 503</param>
/// <param name="Code">a stable code, in the body of a refusal; null with 200 and with a size</param>
public sealed record WitnessAnswer(int Status, byte[] Body, string? Code = null)
{
    public bool IsSize => Status == 409;

    public static WitnessAnswer Refused(int status, string code) =>
        new(status, Encoding.ASCII.GetBytes(code + "\n"), code);

    public static WitnessAnswer Size(long size) => new(409, AddCheckpoint.SizeAnswer(size));

    public static WitnessAnswer Cosigned(NoteSignature signature) =>
        new(200, AddCheckpoint.CosignatureAnswer([signature]));
}

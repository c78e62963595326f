using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MyData.Core.Ledger;

/// <summary>
/// The record by which one end of a transfer reports its side (protocols.md A2). Its id is made of the transfer's, so nothing else in it says
/// which transfer it is: who knows the transfer finds the report, a stranger learns nothing, and no end can report twice and differently.
/// </summary>
public static class TransferReport
{
    /// <summary><c>op</c> of who gave the data.</summary>
    public const string Sent = "transfer.sent";

    /// <summary><c>op</c> of who took it.</summary>
    public const string Received = "transfer.received";

    /// <summary><c>res</c> where nothing is held about the person; else <c>ok</c>, or a code of its own.</summary>
    public const string Nothing = "none";

    private const long Hour = 3_600_000;

    /// <summary>One that its caller signed: what the platform wrote down for a system that only logs is nobody's word.</summary>
    public static bool IsReport(LedgerRecord record) => record.Signature is not null && IsOperation(record.Operation);

    public static bool IsOperation(string operation) => operation is Sent or Received;

    /// <summary>
    /// A UUIDv7: its time is that of the transfer's id, down to the hour; its 74 other bits are the first of SHA-256(
    /// <c>mydata.ledger/side/v1\nOP\nVIA\nTRANSFER\n</c>), the four on the low side of byte 6 first, then byte 7, and so on.
    /// </summary>
    /// <param name="transfer">lower case, with hyphens, where it is hashed</param>
    /// <param name="operation"><see cref="Sent"/> or <see cref="Received"/></param>
    /// <param name="via">the name under which this end records</param>
    public static Guid IdOf(Guid transfer, string operation, string via)
    {
        var hash = SHA256.HashData(
            Encoding.UTF8.GetBytes($"mydata.ledger/side/v1\n{operation}\n{via}\n{transfer:D}\n")
        );
        Span<byte> bytes = stackalloc byte[16];
        transfer.TryWriteBytes(bytes, bigEndian: true, out _);
        var time = BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
        BinaryPrimitives.WriteInt64BigEndian(bytes, (time - time % Hour) << 16);
        hash.AsSpan(0, 10).CopyTo(bytes[6..]);
        bytes[6] = (byte)(bytes[6] & 0x0F | 0x70);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}

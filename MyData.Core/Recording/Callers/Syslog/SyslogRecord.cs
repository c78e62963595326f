using System.Buffers.Text;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// A message as a record that the platform makes on the sender's behalf: <c>via</c> is the sender, <c>kid</c> the certificate of its connection,
/// and there is no <c>up</c>, since nothing in it is signed by the sender.
/// </summary>
internal static class SyslogRecord
{
    /// <exception cref="LedgerException"><c>syslog.element</c>, <c>sent.persons</c>, <c>sent.salt</c>, <c>record.…</c></exception>
    public static (LedgerRecord Record, List<NationalId> Persons) Of(ClientKey sender, SyslogMessage message)
    {
        var once = new Dictionary<string, string>(StringComparer.Ordinal);
        var (fields, named) = (new List<string>(), new List<string>());
        foreach (var (name, value) in message.Parameters)
        {
            switch (name)
            {
                case "fld":
                    fields.Add(value);
                    break;
                case "per":
                    named.Add(value);
                    break;
                case "id" or "from" or "to" or "why" or "op" or "res" or "idm":
                case "act" or "con" or "req" or "rsp" or "seal" or "salt":
                    if (!once.TryAdd(name, value))
                        throw new LedgerException("syslog.element", "A parameter is there twice.");
                    break;
                default:
                    throw new LedgerException("syslog.element", "The element has no such parameter.");
            }
        }
        var persons = SentEnvelope.PersonsOf(named);
        var salt = once.TryGetValue("salt", out var text) ? SentEnvelope.SaltOf(text) : null;
        var record = new LedgerRecord
        {
            Id = Guid.TryParseExact(Text("id"), "D", out var id)
                ? id
                : throw new LedgerException("record.id", "The id is not a UUID of version 7, in lower case."),
            Time = message.Time.TrimToMilliseconds(),
            From = Text("from"),
            To = Text("to"),
            Via = sender.Client,
            Kid = sender.Kid,
            Operation = Text("op"),
            Reason = Text("why"),
            Result = Text("res"),
            Identity = once.GetValueOrDefault("idm"),
            Fields = fields,
            Persons = persons.Count,
            PersonsHash = salt is null ? null : SaltedHash.OfPersons(salt, persons.Select(person => person.Value)),
            Actor = Hash("act"),
            ConsentHash = Hash("con"),
            RequestHash = Hash("req"),
            ResponseHash = Hash("rsp"),
            SealDigest = Hash("seal"),
        };
        // Its own rules say what is wrong with it.
        _ = record.ToSentBytes();
        return (record, persons);

        string Text(string name) =>
            once.TryGetValue(name, out var value)
                ? value
                : throw new LedgerException("record.missing_member", $"{name} is missing.");

        byte[]? Hash(string name)
        {
            if (!once.TryGetValue(name, out var value))
                return null;
            if (value.Length != 43 || !Base64Url.IsValid(value))
                throw new LedgerException("record.value", "Not 32 bytes in base64url.");
            return Base64Url.DecodeFromChars(value);
        }
    }
}

using System.Security.Cryptography;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.Staff;
using MyData.Web.Hosting;

namespace MyData.Web.Features.LedgerApi;

/// <summary>
/// <c>dotnet MyData.Web.dll ledger …</c>: which other systems may record, by which keys; scrubbing and recovery. The running portal does it
/// (<see cref="OperatorDoor"/>), since one process alone may write its database; each change is an entry of the log.
/// </summary>
public static class LedgerCommand
{
    public const string Name = "ledger";

    internal const string NameRule =
        "A system's name has 1 to 64 lower-case letters, digits, hyphens and dots, and is none of the platform's own.";

    private const string Usage = """
        ledger client add NAME FILE      registers a public key (PEM, Ed25519 or P-256), or the certificate (PEM)
                                         under which a system that only logs sends syslog; prints its kid
        ledger client list               all keys and certificates, revoked ones too
        ledger client revoke NAME KID    nothing new is recorded by that key or certificate
        ledger client hold NAME on|off   lets it, or no longer, have the display of its records to the persons held
                                         where a law says so
        ledger holds                     who may, and every record that is or was held: until when, by which law
        ledger syslog status             what became of syslog messages since the portal's start, by sender
        ledger scrub                     looks at every row and file of the log now, and heals what is wrong
        ledger recover look              what this database lacks of what was signed and witnessed; changes nothing
        ledger recover                   brings it back from the witnesses' copies, as a start does; the portal must not run

        To rotate, add the new key, let the system change over, and revoke the old one. Each change is an entry of the log.
        All but 'recover' ask the running portal: run them beside it, with its settings, as the user that it runs as.
        Ends with 0: done; 1: not done; 2: not understood.
        """;

    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        string[] words = [.. args.Skip(1).TakeWhile(word => !word.StartsWith("--", StringComparison.Ordinal))];
        var rest = args[(1 + words.Length)..];
        return words switch
        {
            ["client", "add", var name, _] when !ClientKeys.IsName(name) => Say(OperatorAnswer.NotUnderstood(NameRule)),
            ["client", "add", var name, var file] => Say(Add(rest, name, file)),
            ["recover"] => Say(RecoverCommand.Run(rest, looks: false)),
            ["recover", "look"] => Say(RecoverCommand.Run(rest, looks: true)),
            ["scrub"]
            or ["holds"]
            or ["client", "list"]
            or ["client", "revoke", _, _]
            or ["client", "hold", _, "on" or "off"]
            or ["syslog", "status"] => Say(Ask(rest, words)),
            ["help"] => Say(new(OperatorAnswer.Done, Usage)),
            _ => Say(OperatorAnswer.NotUnderstood(Usage)),
        };
    }

    private static OperatorAnswer Add(string[] rest, string name, string file)
    {
        try
        {
            var pem = File.ReadAllText(file);
            // Only what the label says: a certificate's key does not sign records.
            if (PemEncoding.TryFind(pem, out var found) && pem[found.Label] == "CERTIFICATE")
            {
                var certificate = ClientCertificate.Parse(Convert.FromBase64String(pem[found.Base64Data]));
                return Ask(rest, ["client", "certify", name, Convert.ToBase64String(certificate.Der)]);
            }
            var key = CallerKey.ParsePem(pem);
            return Ask(rest, ["client", "add", name, Convert.ToBase64String(key.Der)]);
        }
        catch (Exception failure)
            when (failure is LedgerException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return OperatorAnswer.NotDone($"{file}: {failure.Message}");
        }
    }

    private static OperatorAnswer Ask(string[] rest, string[] words)
    {
        var builder = WebApplication.CreateBuilder(rest);
        var settings = builder.Configuration.GetSection("MyData").Get<MyDataSettings>() ?? new MyDataSettings();
        return settings.Database.Length == 0
            ? OperatorAnswer.NotDone("MyData:Database is not set: run this with the portal's settings.")
            : OperatorDoor.Ask(settings.DatabaseSettings(builder.Environment.ContentRootPath), [Name, .. words]);
    }

    private static int Say(OperatorAnswer answer)
    {
        (answer.ExitCode == OperatorAnswer.Done ? Console.Out : Console.Error).WriteLine(answer.Text);
        return answer.ExitCode;
    }
}

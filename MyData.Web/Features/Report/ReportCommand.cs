using MyData.Core.Watch;
using MyData.Web.Features.Staff;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Report;

/// <summary><c>dotnet MyData.Web.dll report [zh-TW|en] FILE</c>: has the running portal make its report, and writes it to a file.</summary>
public static class ReportCommand
{
    public const string Name = "report";

    /// <summary>The answer to somebody who asks for one that is not ready yet.</summary>
    internal const string Working = "working";

    private const string Usage = """
        report [zh-TW|en] FILE    makes the report from the running portal, and writes the PDF to FILE

        Run it beside the portal, with its settings, as the user that it runs as. It needs the Debian packages
        fonts-droid-fallback and fonts-dejavu-core where the portal runs.
        Ends with 0: done; 1: not done; 2: not understood.
        """;

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        string[] words = [.. args.Skip(1).TakeWhile(word => !word.StartsWith('-'))];
        var rest = args[(1 + words.Length)..];
        var (language, file) = words switch
        {
            [var only] => (Languages.Supported[0], only),
            [var chosen, var named] when Languages.Supported.Contains(chosen) => (chosen, named),
            _ => ("", ""),
        };
        if (file.Length == 0 || rest.Any(word => word is "--help" or "-h"))
            return Say(OperatorAnswer.NotUnderstood(Usage));
        var builder = WebApplication.CreateBuilder(rest);
        var settings = builder.Configuration.GetSection("MyData").Get<MyDataSettings>() ?? new MyDataSettings();
        if (settings.Database.Length == 0)
            return Say(OperatorAnswer.NotDone("MyData:Database is not set: run this with the portal's settings."));
        var database = settings.DatabaseSettings(builder.Environment.ContentRootPath);
        var answer = OperatorDoor.Ask(database, [Name, language]);
        if (answer.ExitCode != OperatorAnswer.Done)
            return Say(answer);
        var (id, until) = (answer.Text, TimeProvider.System.GetUtcNow() + Longest);
        do
        {
            await Task.Delay(Again, TimeProvider.System, default);
            answer = OperatorDoor.Ask(database, [Name, "get", id]);
        } while (answer is { ExitCode: OperatorAnswer.Done, Text: Working } && TimeProvider.System.GetUtcNow() < until);
        if (answer is not { ExitCode: OperatorAnswer.Done } || answer.Text == Working)
            return Say(
                answer.Text == Working
                    ? OperatorAnswer.NotDone("It takes too long; the portal goes on with it.")
                    : answer
            );
        await File.WriteAllBytesAsync(file, Convert.FromBase64String(answer.Text));
        return Say(new OperatorAnswer(OperatorAnswer.Done, $"Written to {file}."));
    }

    private static int Say(OperatorAnswer answer)
    {
        (answer.ExitCode == OperatorAnswer.Done ? Console.Out : Console.Error).WriteLine(answer.Text);
        return answer.ExitCode;
    }
}

/// <summary>Carries out what the command <c>report</c> asks of the running portal.</summary>
public sealed class ReportOrders(ReportMaker maker, Alarms alarms)
{
    public async Task<OperatorAnswer> RunAsync(IReadOnlyList<string> words, CancellationToken token)
    {
        switch (words)
        {
            case ["get", var text] when Guid.TryParse(text, out var id):
                return maker.Find(id) switch
                {
                    { File: { } file } => new(OperatorAnswer.Done, Convert.ToBase64String(file)),
                    { Failure: ReportMaker.NoFonts } => OperatorAnswer.NotDone(
                        $"The fonts of the report are missing: apt-get install {ReportFonts.Packages}"
                    ),
                    { Failure: { } code } => OperatorAnswer.NotDone($"The report was not made: {code}"),
                    { } => new(OperatorAnswer.Done, ReportCommand.Working),
                    null => OperatorAnswer.NotDone("There is no such report."),
                };
            case [var language]:
                await alarms.ExportedAsync(null, "report", token);
                return new(OperatorAnswer.Done, maker.Start(ReportEndpoints.Language(language)).Id.ToString());
            default:
                return OperatorAnswer.NotUnderstood(
                    "The portal that runs here is of another version than this command."
                );
        }
    }
}

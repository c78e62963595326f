using System.Diagnostics;

namespace MyData.E2E.Support;

/// <summary>Reads codes off pictures, as a scanner at a counter does: zbarimg, by other people.</summary>
public static class Barcodes
{
    private const string Reader = "/usr/bin/zbarimg";
    private static readonly Lock Gate = new();

    /// <summary>The one code in this PNG.</summary>
    public static async Task<string> ReadAsync(byte[] picture)
    {
        lock (Gate)
            if (!File.Exists(Reader))
                DebianPackages.Install("No reader of codes here", "zbar-tools");
        var file = Path.ChangeExtension(Path.GetTempFileName(), ".png");
        await File.WriteAllBytesAsync(file, picture);
        try
        {
            using var zbar = Process.Start(
                new ProcessStartInfo(Reader, ["-q", "--raw", "-Sdisable", "-Sqrcode.enable", "--nodbus", file])
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var text = await zbar.StandardOutput.ReadToEndAsync();
            await zbar.WaitForExitAsync();
            return text.Trim();
        }
        finally
        {
            File.Delete(file);
        }
    }
}

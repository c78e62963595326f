using System.Text;

namespace MyData.E2E.Support;

/// <summary>
/// A value that must not lie about, in the forms in which it could: UTF-8, UTF-16LE, and base64 at its three alignments
/// (security.md R21).
/// </summary>
public sealed class Marker
{
    private const int Chunk = 1 << 20;
    private const int Looks = 100;
    private readonly Dictionary<string, byte[]> _forms = [];

    public Marker(string value)
        : this(Encoding.UTF8.GetBytes(value)) => _forms["UTF-16"] = Encoding.Unicode.GetBytes(value);

    public Marker(byte[] value)
    {
        _forms["bytes"] = value;
        for (var shift = 0; shift < 3; shift++)
        {
            var text = Base64(value, shift);
            _forms[$"base64+{shift}"] = Encoding.ASCII.GetBytes(text);
            _forms[$"base64url+{shift}"] = Encoding.ASCII.GetBytes(text.Replace('+', '-').Replace('/', '_'));
        }
    }

    /// <summary>Where it stands: file and form, a line each.</summary>
    /// <exception cref="IOException">Something in it is held by others whenever it is looked at.</exception>
    public IReadOnlyList<string> FindInFolder(string folder)
    {
        // What a running program is just writing is held, or has another name when it is opened: then all is looked at again.
        for (var look = 1; ; look++)
            try
            {
                return
                [
                    .. Directory
                        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                        // The database's lock file is held and empty.
                        .Where(file => new FileInfo(file).Length > 0)
                        .SelectMany(FindInFile),
                ];
            }
            catch (IOException) when (look < Looks) { }
    }

    public IReadOnlyList<string> FindInFile(string file)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var overlap = _forms.Values.Max(form => form.Length) - 1;
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[Chunk + overlap];
        var kept = 0;
        for (int read; (read = stream.ReadAtLeast(buffer.AsSpan(kept), Chunk, throwOnEndOfStream: false)) > 0; )
        {
            var window = buffer.AsSpan(0, kept + read);
            foreach (var (name, form) in _forms)
                if (window.IndexOf(form) >= 0)
                    found.Add($"{file}: {name}");
            kept = Math.Min(overlap, window.Length);
            window[^kept..].CopyTo(buffer);
        }
        return [.. found.Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> FindInLines(IEnumerable<string> lines) =>
        [.. lines.Where(line => _forms.Values.Any(form => Encoding.UTF8.GetBytes(line).AsSpan().IndexOf(form) >= 0))];

    // The characters that the value alone decides, whatever stands before and after it.
    private static string Base64(byte[] value, int shift)
    {
        var all = Convert.ToBase64String([.. new byte[shift], .. value]);
        var from = ((shift * 8) + 5) / 6;
        return all[from..((shift + value.Length) * 8 / 6)];
    }
}

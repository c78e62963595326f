using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace MyData.Core.Ledger;

/// <summary>Writes members in the order in which they are given; those without a value are left out.</summary>
internal sealed class RecordWriter
{
    private readonly StringBuilder _json = new("{", 1024);

    public void Text(int member, string? text)
    {
        if (text is null)
            return;
        Name(member);
        RecordText.Append(_json, text);
    }

    public void Texts(int member, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
            return;
        Name(member);
        for (var i = 0; i < texts.Count; i++)
        {
            _json.Append(i == 0 ? '[' : ',');
            RecordText.Append(_json, texts[i]);
        }
        _json.Append(']');
    }

    public void Integer(int member, long value)
    {
        Name(member);
        _json.Append(CultureInfo.InvariantCulture, $"{value}");
    }

    public void Bytes(int member, byte[]? bytes)
    {
        if (bytes is not null)
            Text(member, Base64Url.EncodeToString(bytes));
    }

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(_json.Append('}').ToString());

    private void Name(int member) =>
        _json.Append(_json.Length == 1 ? "\"" : ",\"").Append(RecordMembers.Name(member)).Append("\":");
}

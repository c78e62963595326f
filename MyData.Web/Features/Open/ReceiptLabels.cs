namespace MyData.Web.Features.Open;

/// <summary>The labels of a consent receipt's members (ISO/IEC TS 27560), as a JSON Schema like those of the data sets.</summary>
public static class ReceiptLabels
{
    public static string Schema { get; } = Read();

    private static string Read()
    {
        using var stream = typeof(ReceiptLabels).Assembly.GetManifestResourceStream(
            "MyData.Web.Features.Open.receipt.schema.json"
        )!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

namespace MyData.Web.Features.LedgerApi;

/// <summary>The OpenAPI 3.1 document. It says each answer and each code in words, and is held to the endpoints by a test.</summary>
public static class ApiDocument
{
    private const string Name = "MyData.Web.Features.LedgerApi.openapi.json";

    public static Stream Open() => typeof(ApiDocument).Assembly.GetManifestResourceStream(Name)!;
}

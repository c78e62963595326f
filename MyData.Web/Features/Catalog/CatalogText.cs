namespace MyData.Web.Features.Catalog;

/// <summary>The words of the catalogue; CatalogText.resx and CatalogText.en.resx beside it.</summary>
public sealed class CatalogText;

namespace MyData.Core.Catalog;

/// <summary>A listing that the platform does not take, and why.</summary>
public sealed class CatalogueException(string message, Exception? inner = null) : Exception(message, inner);

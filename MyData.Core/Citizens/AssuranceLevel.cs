namespace MyData.Core.Citizens;

/// <summary>How sure the platform is of who somebody is: ISO/IEC 29115 levels of assurance, ordered.</summary>
public enum AssuranceLevel
{
    None = 0,
    LoA1 = 1,
    LoA2 = 2,
    LoA3 = 3,
    LoA4 = 4,
}

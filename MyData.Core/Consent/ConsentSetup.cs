using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;

namespace MyData.Core.Consent;

public static class ConsentSetup
{
    public static IServiceCollection AddConsent(this IServiceCollection services) =>
        services
            .AddSingleton<Consents>()
            .AddSealedColumn(ConsentRecord.Table, nameof(ConsentRecord.Items), ConsentRecord.ItemsPurpose)
            .AddSealedColumn(ConsentRecord.Table, nameof(ConsentRecord.Receipt), ConsentRecord.ReceiptPurpose);
}

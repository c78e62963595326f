using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using MyData.Core.Staff;

namespace MyData.Web.Features.Staff;

public static class StaffSetup
{
    public static void AddStaff(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddIdentityCore<StaffUser>();
        services.AddScoped<IUserStore<StaffUser>, StaffUsers>();
        services.AddScoped<IPasskeyHandler<StaffUser>, PasskeyHandler<StaffUser>>();
        services.AddScoped<StaffPasskeySteps>();
        services.AddSingleton<OperatorOrders>();
        services.AddHostedService<OperatorDoor>();
        services
            .AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, StaffAuthenticationHandler>(StaffClaims.Scheme, null);
        services.Configure<AuthorizationOptions>(options =>
        {
            options.AddPolicy(StaffClaims.HelpDesk, Only(StaffRoles.HelpDesk));
            options.AddPolicy(StaffClaims.Clerk, Only(StaffRoles.Clerk));
            options.AddPolicy(StaffClaims.Audit, Only(StaffRoles.Auditor, StaffRoles.Operator));
            options.AddPolicy(StaffClaims.Auditor, Only(StaffRoles.Auditor));
            options.AddPolicy(
                StaffClaims.Any,
                new AuthorizationPolicyBuilder(StaffClaims.Scheme).RequireClaim(StaffClaims.StaffId).Build()
            );
        });
    }

    private static AuthorizationPolicy Only(params string[] roles) =>
        new AuthorizationPolicyBuilder(StaffClaims.Scheme).RequireClaim(StaffClaims.Role, roles).Build();
}

using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Members : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "member_requests",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    UriHash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ServiceId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Content = table.Column<byte[]>(type: "bytea", nullable: false),
                    State = table.Column<int>(type: "integer", nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: false),
                    CitizenId = table.Column<Guid>(type: "uuid", nullable: true),
                    Level = table.Column<int>(type: "integer", nullable: false),
                    Methods = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    AuthTime = table.Column<long>(type: "bigint", nullable: true),
                    Claims = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CodeHash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    TokenHash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    KeyThumbprint = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Code = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_member_requests", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "memberships",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    CitizenId = table.Column<Guid>(type: "uuid", nullable: false),
                    ServiceId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Claims = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Asked = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    TermsVersion = table.Column<int>(type: "integer", nullable: false),
                    GivenAt = table.Column<long>(type: "bigint", nullable: false),
                    LastUsedAt = table.Column<long>(type: "bigint", nullable: true),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_memberships", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_member_requests_CitizenId_ServiceId",
                table: "member_requests",
                columns: new[] { "CitizenId", "ServiceId" });

            migrationBuilder.CreateIndex(
                name: "IX_member_requests_CodeHash",
                table: "member_requests",
                column: "CodeHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_member_requests_ExpiresAt",
                table: "member_requests",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_member_requests_ServiceId_State",
                table: "member_requests",
                columns: new[] { "ServiceId", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_member_requests_TokenHash",
                table: "member_requests",
                column: "TokenHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_member_requests_UriHash",
                table: "member_requests",
                column: "UriHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_memberships_CitizenId_ServiceId",
                table: "memberships",
                columns: new[] { "CitizenId", "ServiceId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_memberships_EndedAt",
                table: "memberships",
                column: "EndedAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "member_requests");

            migrationBuilder.DropTable(
                name: "memberships");
        }
    }
}

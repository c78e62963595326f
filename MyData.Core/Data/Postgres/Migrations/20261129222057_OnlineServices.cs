using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class OnlineServices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "online_services",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Listing = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Place = table.Column<int>(type: "integer", nullable: false),
                    Listed = table.Column<bool>(type: "boolean", nullable: false),
                    ChangedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_online_services", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "service_requests",
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
                    FetchConsentId = table.Column<Guid>(type: "uuid", nullable: true),
                    ConsentId = table.Column<Guid>(type: "uuid", nullable: true),
                    Level = table.Column<int>(type: "integer", nullable: false),
                    AuthTime = table.Column<long>(type: "bigint", nullable: true),
                    CodeHash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    TokenHash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    KeyThumbprint = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    PackagesUntil = table.Column<long>(type: "bigint", nullable: true),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true),
                    Code = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_service_requests", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "service_items",
                columns: table => new
                {
                    RequestId = table.Column<Guid>(type: "uuid", nullable: false),
                    TransferId = table.Column<Guid>(type: "uuid", nullable: false),
                    DataSetId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Entry = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    FetchedAt = table.Column<long>(type: "bigint", nullable: true),
                    ReceivedAt = table.Column<long>(type: "bigint", nullable: true),
                    DeleteBy = table.Column<long>(type: "bigint", nullable: true),
                    Receipt = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_service_items", x => new { x.RequestId, x.TransferId });
                    table.ForeignKey(
                        name: "FK_service_items_service_requests_RequestId",
                        column: x => x.RequestId,
                        principalTable: "service_requests",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_service_items_TransferId",
                table: "service_items",
                column: "TransferId");

            migrationBuilder.CreateIndex(
                name: "IX_service_requests_CitizenId",
                table: "service_requests",
                column: "CitizenId");

            migrationBuilder.CreateIndex(
                name: "IX_service_requests_CodeHash",
                table: "service_requests",
                column: "CodeHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_service_requests_ConsentId",
                table: "service_requests",
                column: "ConsentId");

            migrationBuilder.CreateIndex(
                name: "IX_service_requests_FetchConsentId",
                table: "service_requests",
                column: "FetchConsentId");

            migrationBuilder.CreateIndex(
                name: "IX_service_requests_State_ExpiresAt",
                table: "service_requests",
                columns: new[] { "State", "ExpiresAt" });

            migrationBuilder.CreateIndex(
                name: "IX_service_requests_TokenHash",
                table: "service_requests",
                column: "TokenHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_service_requests_UriHash",
                table: "service_requests",
                column: "UriHash",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "online_services");

            migrationBuilder.DropTable(
                name: "service_items");

            migrationBuilder.DropTable(
                name: "service_requests");
        }
    }
}

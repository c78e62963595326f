using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Migrations
{
    /// <inheritdoc />
    public partial class ConsentWithdrawal : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "WithdrawnAt",
                table: "service_requests",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "AskedAt",
                table: "service_items",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "DeletedAt",
                table: "service_items",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "DeletionReceipt",
                table: "service_items",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "DueAt",
                table: "service_items",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "KeptLaw",
                table: "service_items",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "KeptUntil",
                table: "service_items",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "OverdueAt",
                table: "service_items",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Seal",
                table: "service_items",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "SuspendedAt",
                table: "service_items",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "security_events",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ServiceId = table.Column<string>(type: "TEXT", nullable: false),
                    CitizenId = table.Column<Guid>(type: "TEXT", nullable: false),
                    RequestId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", nullable: false),
                    Content = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    NextAttemptAt = table.Column<long>(type: "INTEGER", nullable: true),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Failure = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_security_events", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_service_items_DueAt",
                table: "service_items",
                column: "DueAt");

            migrationBuilder.CreateIndex(
                name: "IX_security_events_CitizenId",
                table: "security_events",
                column: "CitizenId");

            migrationBuilder.CreateIndex(
                name: "IX_security_events_RequestId",
                table: "security_events",
                column: "RequestId");

            migrationBuilder.CreateIndex(
                name: "IX_security_events_ServiceId_State",
                table: "security_events",
                columns: new[] { "ServiceId", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_security_events_State_NextAttemptAt",
                table: "security_events",
                columns: new[] { "State", "NextAttemptAt" });

            // What services have already is followed like the rest: by what they signed for, and a day for the receipt.
            migrationBuilder.Sql(
                "UPDATE service_items SET \"DueAt\" = COALESCE(\"DeleteBy\", \"FetchedAt\" + 2592000000) + 86400000 WHERE \"FetchedAt\" IS NOT NULL"
            );
            migrationBuilder.Sql(
                "UPDATE service_items SET \"Seal\" = (SELECT t.\"SealDigest\" FROM transfers t WHERE t.\"Id\" = service_items.\"TransferId\")"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "security_events");

            migrationBuilder.DropIndex(
                name: "IX_service_items_DueAt",
                table: "service_items");

            migrationBuilder.DropColumn(
                name: "WithdrawnAt",
                table: "service_requests");

            migrationBuilder.DropColumn(
                name: "AskedAt",
                table: "service_items");

            migrationBuilder.DropColumn(
                name: "DeletedAt",
                table: "service_items");

            migrationBuilder.DropColumn(
                name: "DeletionReceipt",
                table: "service_items");

            migrationBuilder.DropColumn(
                name: "DueAt",
                table: "service_items");

            migrationBuilder.DropColumn(
                name: "KeptLaw",
                table: "service_items");

            migrationBuilder.DropColumn(
                name: "KeptUntil",
                table: "service_items");

            migrationBuilder.DropColumn(
                name: "OverdueAt",
                table: "service_items");

            migrationBuilder.DropColumn(
                name: "Seal",
                table: "service_items");

            migrationBuilder.DropColumn(
                name: "SuspendedAt",
                table: "service_items");
        }
    }
}

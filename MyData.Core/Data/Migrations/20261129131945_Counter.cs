using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Migrations
{
    /// <inheritdoc />
    public partial class Counter : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Office",
                table: "staff",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "counter_agents",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ConsentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    CitizenId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ServiceId = table.Column<string>(type: "TEXT", nullable: false),
                    AgentId = table.Column<Guid>(type: "TEXT", nullable: true),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    AgentKey = table.Column<string>(type: "TEXT", nullable: true),
                    AskedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counter_agents", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "counter_failures",
                columns: table => new
                {
                    Key = table.Column<string>(type: "TEXT", nullable: false),
                    Count = table.Column<int>(type: "INTEGER", nullable: false),
                    Since = table.Column<long>(type: "INTEGER", nullable: false),
                    ClosedUntil = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counter_failures", x => x.Key);
                });

            migrationBuilder.CreateTable(
                name: "counter_services",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Listing = table.Column<string>(type: "TEXT", nullable: false),
                    Place = table.Column<int>(type: "INTEGER", nullable: false),
                    Listed = table.Column<bool>(type: "INTEGER", nullable: false),
                    ChangedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counter_services", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "counter_tickets",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Number = table.Column<string>(type: "TEXT", nullable: false),
                    ConsentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    CitizenId = table.Column<Guid>(type: "TEXT", nullable: false),
                    HolderId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ServiceId = table.Column<string>(type: "TEXT", nullable: false),
                    Printed = table.Column<bool>(type: "INTEGER", nullable: false),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ClerkId = table.Column<Guid>(type: "TEXT", nullable: true),
                    ClerkSessionId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Office = table.Column<string>(type: "TEXT", nullable: true),
                    ReservedUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    Commitment = table.Column<string>(type: "TEXT", nullable: true),
                    HolderKey = table.Column<string>(type: "TEXT", nullable: true),
                    HolderNonce = table.Column<string>(type: "TEXT", nullable: true),
                    ClerkKey = table.Column<string>(type: "TEXT", nullable: true),
                    ClerkNonce = table.Column<string>(type: "TEXT", nullable: true),
                    WrongCards = table.Column<int>(type: "INTEGER", nullable: false),
                    RedeemedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Code = table.Column<string>(type: "TEXT", nullable: true),
                    CaseNumber = table.Column<byte[]>(type: "BLOB", nullable: true),
                    TakenOverAt = table.Column<long>(type: "INTEGER", nullable: true),
                    TakenOver = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counter_tickets", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "counter_items",
                columns: table => new
                {
                    TicketId = table.Column<Guid>(type: "TEXT", nullable: false),
                    TransferId = table.Column<Guid>(type: "TEXT", nullable: false),
                    DataSetId = table.Column<string>(type: "TEXT", nullable: false),
                    Entry = table.Column<string>(type: "TEXT", nullable: true),
                    AgentEntry = table.Column<string>(type: "TEXT", nullable: true),
                    OpenedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counter_items", x => new { x.TicketId, x.TransferId });
                    table.ForeignKey(
                        name: "FK_counter_items_counter_tickets_TicketId",
                        column: x => x.TicketId,
                        principalTable: "counter_tickets",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_counter_agents_AgentId",
                table: "counter_agents",
                column: "AgentId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_agents_CitizenId",
                table: "counter_agents",
                column: "CitizenId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_agents_ConsentId",
                table: "counter_agents",
                column: "ConsentId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_items_TransferId",
                table: "counter_items",
                column: "TransferId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_tickets_CitizenId",
                table: "counter_tickets",
                column: "CitizenId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_tickets_ConsentId",
                table: "counter_tickets",
                column: "ConsentId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_tickets_HolderId",
                table: "counter_tickets",
                column: "HolderId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_tickets_Number",
                table: "counter_tickets",
                column: "Number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_counter_tickets_State_ExpiresAt",
                table: "counter_tickets",
                columns: new[] { "State", "ExpiresAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "counter_agents");

            migrationBuilder.DropTable(
                name: "counter_failures");

            migrationBuilder.DropTable(
                name: "counter_items");

            migrationBuilder.DropTable(
                name: "counter_services");

            migrationBuilder.DropTable(
                name: "counter_tickets");

            migrationBuilder.DropColumn(
                name: "Office",
                table: "staff");
        }
    }
}

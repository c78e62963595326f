using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Migrations
{
    /// <inheritdoc />
    public partial class Callers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "ledger_client_keys",
                columns: table => new
                {
                    Client = table.Column<string>(type: "TEXT", nullable: false),
                    Kid = table.Column<string>(type: "TEXT", nullable: false),
                    Key = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AddedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    RevokedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_client_keys", x => new { x.Client, x.Kid });
                });

            migrationBuilder.CreateTable(
                name: "ledger_named",
                columns: table => new
                {
                    Pseudonym = table.Column<string>(type: "TEXT", nullable: false),
                    PersonId = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_named", x => x.Pseudonym);
                });

            migrationBuilder.CreateIndex(
                name: "IX_ledger_named_PersonId",
                table: "ledger_named",
                column: "PersonId",
                unique: true);

            foreach (var trigger in LedgerTriggers.ClientKeys)
                migrationBuilder.Sql(trigger);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ledger_client_keys");

            migrationBuilder.DropTable(
                name: "ledger_named");
        }
    }
}

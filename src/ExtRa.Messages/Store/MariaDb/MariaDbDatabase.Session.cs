using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using MySql.Data.MySqlClient;

namespace ExtRa.Messages.Store.MariaDb;

/// <content>What is done with a connection.</content>
internal sealed partial class MariaDbDatabase
{
    [GeneratedRegex("@(?<name>[a-z]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter { get; }

    /// <summary>One connection, while a piece of work has it.</summary>
    internal sealed class Session(MySqlConnection connection, MariaDbDatabase database)
    {
        /// <summary>Sends statements together and reads the rows of all their results.</summary>
        public List<T> Query<T>((string Query, SqlValue[] Values)[] statements, Func<DbDataReader, T> read)
        {
            using MySqlCommand command = Command(statements);
            using MySqlDataReader reader = command.ExecuteReader();
            List<T> rows = [];
            do
            {
                while (reader.Read())
                {
                    rows.Add(read(reader));
                }
            }
            while (reader.NextResult());
            return rows;
        }

        /// <summary>Sends statements together.</summary>
        /// <returns>How many rows they affected.</returns>
        public int Execute((string Query, SqlValue[] Values)[] statements)
        {
            using MySqlCommand command = Command(statements);
            return command.ExecuteNonQuery();
        }

        /// <summary>Does work that takes effect as a whole or not at all.</summary>
        public T InTransaction<T>(Func<T> work)
        {
            // Not the driver's BeginTransaction: it would set the session to REPEATABLE READ.
            Run("start transaction");
            T result = work();
            Run("commit");
            return result;
        }

        private void Run(string statement)
        {
#pragma warning disable CA2100 // one of the two above
            using var command = new MySqlCommand(statement, connection);
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        // The nth statement's @name becomes @name_n, so that many copies of one statement go in one round trip.
        private MySqlCommand Command((string Query, SqlValue[] Values)[] statements)
        {
            var command = new MySqlCommand { Connection = connection, CommandTimeout = database.timeoutSeconds };
            IEnumerable<string> texts = statements.Select((statement, index) => Bind(command, statement.Query, statement.Values, index));
#pragma warning disable CA2100 // the texts are our own files
            command.CommandText = string.Join(";\n", texts);
#pragma warning restore CA2100
            return command;
        }

        private string Bind(MySqlCommand command, string query, SqlValue[] values, int index)
        {
            var names = values.ToDictionary(value => value.Name, value => Add(command, value, index), StringComparer.Ordinal);
            return Parameter.Replace(database.sql[query], match => names[match.Groups["name"].Value]);
        }

        private static string Add(MySqlCommand command, SqlValue value, int index)
        {
            if (value.Value is IReadOnlyList<string> list)
            {
                return string.Join(", ", list.Select((item, position) => Add(command, new($"{value.Name}_{position}", item), index)));
            }

            string name = string.Create(CultureInfo.InvariantCulture, $"@{value.Name}_{index}");
            command.Parameters.AddWithValue(name, value.Value ?? DBNull.Value);
            return name;
        }
    }
}

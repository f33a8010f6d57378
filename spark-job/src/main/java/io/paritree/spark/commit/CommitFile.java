package io.paritree.spark.commit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.spark.sql.types.StructType;

/**
 * What one commit did to a table, read from the table's log.
 *
 * @param changed the partitions whose rows it changed, by the values of the partition columns;
 *     {@code OPTIMIZE} changes files and no rows
 * @param added the paths of the files that it added, as the log has them
 * @param transactions the names of the transactions that it records
 */
public record CommitFile(
    Set<Map<String, String>> changed, Set<String> added, Set<String> transactions) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads a commit.
   *
   * @return empty if the log no longer has it
   */
  public static Optional<CommitFile> read(FileStore store, Location table, long version)
      throws IOException {
    Location file =
        table.resolve("_delta_log").resolve(String.format(Locale.ROOT, "%020d.json", version));
    String text;
    try {
      text = new String(store.read(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }

    Set<Map<String, String>> changed = new HashSet<>();
    Set<String> added = new HashSet<>();
    Set<String> transactions = new HashSet<>();
    for (String line : text.lines().toList()) {
      JsonNode action = JSON.readTree(line);
      for (String kind : List.of("add", "remove")) {
        JsonNode change = action.path(kind);
        if (change.path("dataChange").asBoolean()) {
          changed.add(values(change.path("partitionValues")));
        }
      }

      if (action.has("add")) {
        added.add(action.path("add").path("path").asText());
      } else if (action.has("txn")) {
        transactions.add(action.path("txn").path("appId").asText());
      }
    }

    return Optional.of(new CommitFile(changed, added, transactions));
  }

  private static Map<String, String> values(JsonNode values) {
    Map<String, String> texts = new HashMap<>();
    values.properties().forEach(value -> texts.put(value.getKey(), value.getValue().textValue()));
    return texts;
  }

  /** Returns the actions of a commit as JSON, one by one. */
  public static List<String> written(List<Map<String, Object>> actions) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Map<String, Object> action : actions) {
      lines.add(json(action));
    }

    return lines;
  }

  /**
   * Returns the action that makes a table.
   *
   * @param schema all columns, partition columns among them
   */
  public static String tableMade(StructType schema, List<String> partitionColumns) {
    ObjectNode action = JSON.createObjectNode();
    ObjectNode metadata = action.putObject("metaData");
    metadata.put("id", UUID.randomUUID().toString());
    metadata.putObject("format").put("provider", "parquet").putObject("options");
    metadata.put("schemaString", schema.json());
    ArrayNode columns = metadata.putArray("partitionColumns");
    partitionColumns.forEach(columns::add);
    metadata.putObject("configuration");
    metadata.put("createdTime", System.currentTimeMillis());
    return action.toString();
  }

  /** Returns the action that says what a table is, with other columns. */
  public static String withSchema(String metadataAction, StructType schema) {
    try {
      JsonNode action = JSON.readTree(metadataAction);
      ((ObjectNode) action.get("metaData")).put("schemaString", schema.json());
      return action.toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read an action that Delta has written", e);
    }
  }

  public static String json(Object value) throws IOException {
    return JSON.writeValueAsString(value);
  }
}

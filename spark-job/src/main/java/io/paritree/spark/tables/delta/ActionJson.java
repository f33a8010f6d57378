package io.paritree.spark.tables.delta;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.sql.types.StructType;

/** The actions of a commit as Delta's log has them, as JSON (Delta's protocol, "Actions"). */
final class ActionJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ActionJson() {}

  /** Returns the actions of a commit as JSON, one by one. */
  static List<String> written(List<Map<String, Object>> actions) throws IOException {
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
  static String tableMade(StructType schema, List<String> partitionColumns) {
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

  static String json(Object value) throws IOException {
    return JSON.writeValueAsString(value);
  }
}

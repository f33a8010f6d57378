package io.paritree.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import io.paritree.json.SealedJson;
import java.util.List;
import java.util.Set;

/**
 * The evidence of the last audit of a partition that was kept, in the state of its output; a reader
 * passes it on as it is written.
 *
 * @param document as it is written
 * @param run the name of the directory of the run whose rows were audited; empty if nothing is
 *     known of it
 */
public record StoredAudit(byte[] document, String run) {
  /** The name of its file. */
  public static final String FILE = "audit.json";

  /** The most bytes of it that a server reads; it names five rows at most. */
  public static final int MAX_BYTES = 1 << 20;

  private static final String KIND = "audit";
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final Set<String> OF_ROWS = Set.of("rows", "sha256");

  /**
   * Returns the document without the keys and scores of rows that differ, and so without its seal.
   */
  public byte[] withoutRows() {
    return JsonText.of(
        json -> {
          try (JsonParser parser = FACTORY.createParser(document)) {
            while (parser.nextToken() != null) {
              if (parser.currentToken() == JsonToken.FIELD_NAME
                  && OF_ROWS.contains(parser.currentName())) {
                parser.nextToken();
                parser.skipChildren();
              } else {
                json.copyCurrentEvent(parser);
              }
            }
          }
        });
  }

  /**
   * Reads a file that must be the evidence of an audit of this partition alone.
   *
   * @param partition its path below the output
   * @param where the file, for messages
   * @throws DamagedFileException if it is something else
   */
  public static StoredAudit of(byte[] content, String partition, String where)
      throws DamagedFileException {
    try {
      Document read = Documents.TOLERANT.read(Document.class, "it", content);
      if (!read.isOf(partition)) {
        throw new BrokenJsonException(
            "expected an audit of one partition, '%s', with its verdict".formatted(partition));
      } else if (!SealedJson.isWhole(content)) {
        throw new BrokenJsonException("it does not end with the sha256 of what is before it");
      }

      return new StoredAudit(content, read.partitions.get(0).run);
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(
          "Cannot read %s: it is no audit of this partition: %s".formatted(where, e.getMessage()),
          e);
    }
  }

  private record Document(String kind, List<Partition> partitions) {
    boolean isOf(String partition) {
      return kind.equals(KIND)
          && partitions.size() == 1
          && partitions.get(0).partition.equals(partition)
          && !partitions.get(0).verdict.isEmpty();
    }
  }

  private record Partition(String partition, String verdict, String run) {}
}

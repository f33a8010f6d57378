package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.SealedJson;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a challenger would change in place of a champion: what it reads and answers, what it is made
 * of, and what it makes of rows. Immutable and thread-safe.
 *
 * @param kind who has compared: {@link #DIFF}, {@link #CHALLENGER} or {@link #SHADOW}
 * @param rows what both make of rows, if there were any
 * @param startedAt when the comparison began
 * @param endedAt when it ended
 */
public record Comparison(
    String kind,
    ComparedModel champion,
    ComparedModel challenger,
    Contract contract,
    ForestComparison forest,
    Optional<DataComparison> rows,
    Instant startedAt,
    Instant endedAt) {
  /** The version of the document. */
  public static final int FORMAT = 1;

  /** Of the command. */
  public static final String DIFF = "diff";

  /** Of the job, which has scored the rows with both models. */
  public static final String CHALLENGER = "challenger";

  /** Of the server, which has scored callers' rows with both models. */
  public static final String SHADOW = "shadow";

  /** All kinds. */
  public static final List<String> KINDS = List.of(DIFF, CHALLENGER, SHADOW);

  public Comparison {
    if (!KINDS.contains(kind)) {
      throw new IllegalArgumentException(
          "Cannot make a comparison of kind '%s': expected one of %s".formatted(kind, KINDS));
    }

    Optional<DataComparison> deciding = rows.filter(DataComparison::isDeciding);
    contract = deciding.isPresent() ? contract.decidedBy(deciding.get()) : contract;
  }

  /** Returns whether the challenger can take the champion's place where these are used. */
  public boolean isDropIn(Set<Face> faces) {
    return contract.isDropIn(faces);
  }

  /**
   * Returns the document. Its last member {@code sha256} is the digest of all that is before it, up
   * to the comma: so it is seen if a byte is changed.
   */
  public byte[] toJson() {
    return SealedJson.of(this::write);
  }

  /** Writes the members of the document, without its digest. */
  public void write(JsonGenerator json) throws IOException {
    json.writeNumberField("format", FORMAT);
    json.writeStringField("kind", kind);
    json.writeObjectFieldStart(Side.CHAMPION.word());
    champion.write(json);
    json.writeEndObject();
    json.writeObjectFieldStart(Side.CHALLENGER.word());
    challenger.write(json);
    json.writeEndObject();
    json.writeStringField("started_at", startedAt.toString());
    json.writeStringField("ended_at", endedAt.toString());
    json.writeObjectFieldStart("contract");
    contract.write(json);
    json.writeEndObject();
    json.writeObjectFieldStart("forest");
    forest.write(json);
    json.writeEndObject();
    if (rows.isPresent()) {
      rows.get().write(json);
    }
  }
}

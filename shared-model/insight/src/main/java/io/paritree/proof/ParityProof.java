package io.paritree.proof;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.Fault;
import io.paritree.Machine;
import io.paritree.json.JsonText;
import io.paritree.json.SealedJson;
import io.paritree.model.ScoringModel;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The result of a trial: whether all ways agree on all records.
 *
 * @param startedAt when it began
 * @param seconds how long it took
 * @param code what was tried
 * @param model its name, version and digest
 * @param tried which records
 * @param ways the reference first, each with what it gave
 * @param absent why ways were not tried, by their names
 */
public record ParityProof(
    Instant startedAt,
    double seconds,
    Code code,
    Model model,
    Tried tried,
    List<WayResult> ways,
    Map<String, String> absent) {
  private static final int FORMAT = 2;

  /**
   * The program.
   *
   * @param version its version
   * @param sha256 of the jar that it ran from; empty if it ran from none
   */
  public record Code(String version, String sha256) {}

  /** The model. */
  public record Model(String name, String version, String digest) {
    public static Model of(ScoringModel model) {
      return new Model(model.name(), model.modelVersion(), model.digest());
    }
  }

  /**
   * The records.
   *
   * @param input where natural ones are from; empty for none
   * @param version of the table that they are from; empty if there are none
   * @param natural how many are rows of the input
   * @param mostUntried the share of these that a way may leave out
   * @param adversarial how many have values at edges
   * @param seed of these
   * @param sha256 of all
   */
  public record Tried(
      String input,
      String version,
      long natural,
      double mostUntried,
      long adversarial,
      long seed,
      String sha256) {}

  public ParityProof {
    ways = List.copyOf(ways);
    absent = Collections.unmodifiableMap(new TreeMap<>(absent));
  }

  /** Returns the ways that differ from the reference. */
  public List<String> differing() {
    return ways.stream().filter(way -> way.different() > 0).map(WayResult::name).toList();
  }

  /** Returns the ways that have not answered for all records, with the reasons. */
  public List<String> failed() {
    return ways.stream()
        .filter(way -> way.failure().isPresent())
        .map(way -> "%s (%s)".formatted(way.name(), way.failure().get()))
        .toList();
  }

  /** Returns the ways that have left out too many rows of the input, with their numbers. */
  public List<String> untried() {
    return ways.stream()
        .filter(way -> way.untriedRows() > tried.mostUntried * tried.natural)
        .map(way -> "%s (%s of %s rows)".formatted(way.name(), way.untriedRows(), tried.natural))
        .toList();
  }

  private String result() {
    if (!differing().isEmpty()) {
      return "differs";
    } else if (!failed().isEmpty()) {
      return "failed";
    }

    return untried().isEmpty() ? "same" : "untried";
  }

  /** Returns the evidence: a document that ends with its own digest. */
  public byte[] json() {
    return SealedJson.of(this::write);
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeNumberField("format", FORMAT);
    json.writeStringField("kind", "parity");
    json.writeStringField("result", result());
    json.writeStringField("started_at", startedAt.toString());
    json.writeNumberField("seconds", seconds);
    json.writeObjectFieldStart("paritree");
    json.writeStringField("version", code.version);
    JsonText.optional(json, "sha256", code.sha256);
    json.writeEndObject();
    json.writeStringField("java", System.getProperty("java.vm.version"));
    json.writeStringField(
        "os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    json.writeStringField("cpu", Machine.here().cpu());
    json.writeObjectFieldStart("model");
    json.writeStringField("name", model.name);
    json.writeStringField("version", model.version);
    json.writeStringField("digest", model.digest);
    json.writeEndObject();
    json.writeObjectFieldStart("records");
    JsonText.optional(json, "input", tried.input);
    JsonText.optional(json, "input_version", tried.version);
    json.writeNumberField("natural", tried.natural);
    json.writeNumberField("max_untried", tried.mostUntried);
    json.writeNumberField("adversarial", tried.adversarial);
    json.writeNumberField("seed", tried.seed);
    json.writeStringField("sha256", tried.sha256);
    json.writeEndObject();
    JsonText.objects(json, "ways", ways, way -> write(json, way));
    json.writeObjectFieldStart("absent");
    for (Map.Entry<String, String> way : absent.entrySet()) {
      json.writeStringField(way.getKey(), way.getValue());
    }

    json.writeEndObject();
  }

  private static void write(JsonGenerator json, WayResult way) throws IOException {
    json.writeStringField("way", way.name());
    json.writeNumberField("compared", way.compared());
    json.writeNumberField("different", way.different());
    JsonText.counts(json, "inexpressible", way.inexpressible());
    json.writeNumberField("untried_rows", way.untriedRows());
    json.writeNumberField("millis", way.millis());
    JsonText.optional(json, "failure", way.failure());
    if (way.first().isPresent()) {
      WayResult.First first = way.first().get();
      json.writeObjectFieldStart("first");
      json.writeNumberField("number", first.number());
      json.writeStringField("record", first.json());
      json.writeStringField("what", first.parting().what());
      json.writeStringField("reference", first.parting().expected());
      json.writeStringField("got", first.parting().got());
      json.writeEndObject();
    }
  }

  /** Returns the result for the console. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        "Parity of %s on %s records: %s of the input, %s at edges (seed %s)\n"
            .formatted(
                model.version,
                tried.natural + tried.adversarial,
                tried.natural,
                tried.adversarial,
                tried.seed));
    int length = ways.stream().map(WayResult::name).mapToInt(String::length).max().orElse(0);
    int digits = String.valueOf(tried.natural + tried.adversarial).length();
    for (WayResult way : ways) {
      String count = String.valueOf(way.compared());
      line(
          text,
          "  %s  %s  %s",
          way.name() + " ".repeat(length - way.name().length()),
          " ".repeat(Math.max(0, digits - count.length())) + count,
          verdict(way));
      way.inexpressible()
          .forEach((reason, number) -> line(text, "      %s not tried: %s", number, reason));
      way.first().ifPresent(first -> text.append(shown(first)));
    }

    absent.forEach((way, why) -> line(text, "  %s  not tried: %s", way, why));
    return text.toString();
  }

  private String verdict(WayResult way) {
    if (way == ways.get(0)) {
      return "reference";
    }

    if (way.different() > 0) {
      return "differs: %s records".formatted(way.different());
    } else if (way.failure().isPresent()) {
      return "failed: " + way.failure().get();
    }

    return way.compared() == 0 ? "nothing was compared" : "same";
  }

  private String shown(WayResult.First first) {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "      %s: %s by %s, %s by this way",
        first.parting().what(),
        first.parting().expected(),
        ways.get(0).name(),
        first.parting().got());
    line(text, "      record %s: %s", first.number(), first.json());
    return text.toString();
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(Fault.printableLine(format.formatted(values))).append('\n');
  }
}

package io.paritree.model.layout;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * By what it was decided whether an alias moves to a version. Immutable and thread-safe.
 *
 * @param evidence each document that was given
 * @param override the reason for which the alias was moved although not all requirements were met;
 *     empty without one
 */
public record Promotion(
    List<Evidence> evidence, List<Required> requirements, Optional<String> override) {
  /** An entry has a little more than this. */
  private static final int MAX_BYTES = AliasMove.MAX_BYTES - (1 << 14);

  /**
   * A document that was given.
   *
   * @param sha256 the digest of all of its bytes
   * @param kind what it is, such as {@code diff}; empty if it could not be read
   * @param rows how many rows it is about; empty if it says nothing of any
   * @param endedAt when what it is about ended
   * @param isUsed whether it could meet requirements: it is whole, about both packages, and as new
   *     as required
   * @param why why it could not; empty if it could, or that is not known
   */
  public record Evidence(
      String sha256,
      Optional<String> kind,
      Optional<Long> rows,
      Optional<Instant> endedAt,
      boolean isUsed,
      Optional<String> why) {
    private static final String ROWS = "rows";

    private static final String UNREAD =
        "it was changed, or is no document of a comparison or of outcomes";

    /** Returns evidence that nothing more is known of, since it could not be read. */
    public static Evidence unread(String sha256) {
      return new Evidence(
          sha256, Optional.empty(), Optional.empty(), Optional.empty(), false, Optional.of(UNREAD));
    }

    private void write(JsonGenerator json) throws IOException {
      json.writeStringField("sha256", sha256);
      JsonText.optional(json, "kind", kind);
      if (rows.isPresent()) {
        json.writeNumberField(ROWS, rows.get());
      }

      JsonText.optional(json, "ended_at", endedAt.map(Instant::toString));
      json.writeBooleanField("used", isUsed);
      JsonText.optional(json, "why", why);
    }

    private static Evidence read(StrictJson json) throws BrokenJsonException {
      boolean[] isUsed = {false};
      JsonMembers members =
          new JsonMembers(json, Set.of(ROWS), Map.of("used", () -> isUsed[0] = json.truth()))
              .read();
      long rows = members.number(ROWS, -1);
      try {
        return new Evidence(
            members.text("sha256", ""),
            Optional.of(members.text("kind", "")).filter(kind -> !kind.isEmpty()),
            Optional.of(rows).filter(known -> known >= 0),
            Optional.of(members.text("ended_at", ""))
                .filter(time -> !time.isEmpty())
                .map(Instant::parse),
            isUsed[0],
            Optional.of(members.text("why", "")).filter(reason -> !reason.isEmpty()));
      } catch (DateTimeException e) {
        throw json.wrong("a time 'ended_at' such as 2026-01-31T23:59:59Z");
      }
    }
  }

  /**
   * What was required of the version.
   *
   * @param rule as it was written
   * @param found the value and the limit, or why there is no value
   */
  public record Required(String rule, boolean isMet, String found) {
    private void write(JsonGenerator json) throws IOException {
      json.writeStringField("rule", rule);
      json.writeBooleanField("met", isMet);
      json.writeStringField("found", found);
    }

    private static Required read(StrictJson json) throws BrokenJsonException {
      boolean[] isMet = {false};
      JsonMembers members =
          new JsonMembers(json, Set.of(), Map.of("met", () -> isMet[0] = json.truth())).read();
      return new Required(members.text("rule", ""), isMet[0], members.text("found", ""));
    }
  }

  public Promotion {
    evidence = List.copyOf(evidence);
    requirements = List.copyOf(requirements);
  }

  /** Returns whether all requirements are met. */
  public boolean isMet() {
    return requirements.stream().allMatch(Required::isMet);
  }

  /** Returns whether an entry of a journal has room for it. */
  public boolean fits() {
    return JsonText.line(JsonText.object(this::write)).length <= MAX_BYTES;
  }

  /** Writes the members. */
  public void write(JsonGenerator json) throws IOException {
    JsonText.objects(json, "evidence", evidence, one -> one.write(json));
    JsonText.objects(json, "requirements", requirements, one -> one.write(json));
    JsonText.optional(json, "override", override);
  }

  static Promotion read(StrictJson json) throws BrokenJsonException {
    List<Evidence> evidence = new ArrayList<>();
    List<Required> requirements = new ArrayList<>();
    Map<String, StrictJson.Value> lists =
        Map.of(
            "evidence", () -> json.list(() -> evidence.add(Evidence.read(json))),
            "requirements", () -> json.list(() -> requirements.add(Required.read(json))));
    JsonMembers members = new JsonMembers(json, Set.of(), lists).read();
    return new Promotion(
        evidence,
        requirements,
        Optional.of(members.text("override", "")).filter(reason -> !reason.isEmpty()));
  }
}

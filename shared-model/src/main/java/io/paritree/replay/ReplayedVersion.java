package io.paritree.replay;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.model.RecordedModels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What came of the lines of one version. */
public record ReplayedVersion(RecordedModels.Recorded model, ReplayTally tally) {

  /** What is said of all lines of a version. */
  public enum Verdict {
    /** All were scored again, with the same bits. */
    SAME("same"),
    /** One of them, or the model, is another one. */
    DIFFERS("differs"),
    /** None differs, but something is missing for one of them. */
    NOT_REPLAYABLE("not replayable");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    /** Returns its stable name in documents. */
    String word() {
      return text.replace(' ', '_');
    }
  }

  /** Returns the verdict. */
  public Verdict verdict() {
    if (tally.differing() > 0) {
      return Verdict.DIFFERS;
    }

    return tally.incomplete() > 0 ? Verdict.NOT_REPLAYABLE : Verdict.SAME;
  }

  /** Returns the verdict in a line for people. */
  String text() {
    boolean isOfAll = verdict() == Verdict.SAME || tally.same() == 0;
    return isOfAll
        ? verdict().text
        : "%s: %s of %s lines are the same".formatted(verdict().text, tally.same(), tally.lines());
  }

  /** Returns what is to be said besides. */
  List<String> details() {
    List<String> details = new ArrayList<>();
    tally.first().forEach(difference -> details.add(difference.text()));
    long more = tally.differing() - tally.first().size();
    if (!tally.replaced().isEmpty()) {
      details.add(tally.replaced());
    } else if (more > 0) {
      details.add("... and %s more lines differ".formatted(more));
    }

    for (Map.Entry<String, Long> missing : tally.missing().entrySet()) {
      details.add("%s lines lack %s".formatted(missing.getValue(), missing.getKey()));
    }

    if (model.digest().isEmpty()) {
      details.add("its lines have no digest of the model, as earlier servers wrote none");
    }

    return details;
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStringField("version", model.version());
    JsonText.optional(json, "digest", model.digest());
    json.writeStringField("verdict", verdict().word());
    json.writeNumberField("lines", tally.lines());
    json.writeNumberField("same", tally.same());
    json.writeNumberField("differing", tally.differing());
    json.writeNumberField("refused", tally.refused());
    json.writeNumberField("withRecord", tally.withRecord());
    JsonText.optional(json, "replaced", tally.replaced());
    JsonText.counts(json, "missing", tally.missing());
    JsonText.objects(json, "differences", tally.first(), each -> each.write(json));
  }
}

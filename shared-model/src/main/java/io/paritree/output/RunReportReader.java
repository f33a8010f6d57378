package io.paritree.output;

import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.StrictJson;
import io.paritree.output.RunReport.Change;
import io.paritree.output.RunReport.FaultyRows;
import io.paritree.output.RunReport.Hold;
import io.paritree.output.RunReport.Model;
import io.paritree.output.RunReport.Partition;
import io.paritree.output.RunReport.Scores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reads what {@link RunReport} writes. For one document. */
final class RunReportReader {
  private static final Set<String> WHOLES =
      Set.of(
          "exitCode",
          "groupsLeft",
          "read",
          "scored",
          "quarantined",
          "published",
          "held",
          "alreadyPublished",
          "rowsPerSecond",
          "duplicateKeys");
  private static final Set<String> REQUIRED = Set.of("run", "outcome", "startedAt");

  private final Map<String, Long> codes = new LinkedHashMap<>();
  private final Map<String, Long> missing = new LinkedHashMap<>();
  private final Map<String, Long> unseen = new LinkedHashMap<>();
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private final List<FaultyRows> faults = new ArrayList<>();
  private final List<Change> changed = new ArrayList<>();
  private final List<Partition> partitions = new ArrayList<>();
  private final List<ReportedChallenger> challengers = new ArrayList<>();
  private Optional<Model> model = Optional.empty();
  private Optional<Scores> scores = Optional.empty();

  RunReport read(byte[] content, String where) throws DamagedFileException {
    try {
      StrictJson json = new StrictJson("the report", content);
      JsonMembers members = new JsonMembers(json, WHOLES, others(json)).readDocument();
      if (!members.hasTexts(REQUIRED)) {
        throw json.wrong("a report with its \"run\", \"outcome\" and \"startedAt\"");
      }

      return report(members);
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(
          "Cannot read %s: it is not the report of a run: %s".formatted(where, e.getMessage()), e);
    }
  }

  private Map<String, StrictJson.Value> others(StrictJson json) {
    return Map.ofEntries(
        Map.entry("codes", () -> counts(codes, json)),
        Map.entry("missing", () -> counts(missing, json)),
        Map.entry("unseen", () -> counts(unseen, json)),
        Map.entry(
            "seconds", () -> json.namedValues(stage -> seconds.put(stage, json.realDouble()))),
        Map.entry("faults", () -> json.list(() -> faults.add(faultyRows(json)))),
        Map.entry("changed", () -> json.list(() -> changed.add(change(json)))),
        Map.entry("partitions", () -> json.list(() -> partitions.add(partition(json)))),
        Map.entry(
            "challengers", () -> json.list(() -> challengers.add(ReportedChallenger.read(json)))),
        Map.entry("model", () -> model = Optional.of(model(json))),
        Map.entry("scores", () -> scores = scores(json)));
  }

  private RunReport report(JsonMembers members) {
    int exitCode = (int) members.number("exitCode", 0);
    return new RunReport(
        new RunReport.Start(
            members.text("run", ""),
            members.text("startedAt", ""),
            model,
            members.text("input", ""),
            members.text("inputVersion", ""),
            members.text("output", "")),
        new RunReport.Ending(
            members.text("outcome", ""),
            exitCode,
            members.text("message", ""),
            (int) members.number("groupsLeft", 0)),
        new RunReport.Rows(
            members.number("read", 0),
            members.number("scored", 0),
            members.number("quarantined", 0),
            members.number("rowsPerSecond", 0)),
        new RunReport.Quarantine(members.text("quarantine", ""), codes, faults),
        new RunReport.Values(missing, unseen, changed),
        duplicateKeys(members),
        scores,
        seconds,
        new RunReport.Partitions(
            // Before 0.1.0, a run that ended with 0 had published all that it had scored.
            (int) members.number("published", exitCode == 0 ? partitions.size() : 0),
            (int) members.number("alreadyPublished", 0),
            partitions),
        challengers);
  }

  private static OptionalLong duplicateKeys(JsonMembers members) {
    long rows = members.number("duplicateKeys", -1);
    return rows < 0 ? OptionalLong.empty() : OptionalLong.of(rows);
  }

  private static void counts(Map<String, Long> counts, StrictJson json) throws BrokenJsonException {
    json.namedValues(name -> counts.put(name, json.integer(0, Long.MAX_VALUE)));
  }

  private static FaultyRows faultyRows(StrictJson json) throws BrokenJsonException {
    JsonMembers fault = new JsonMembers(json, Set.of("rows"), Map.of()).read();
    return new FaultyRows(
        fault.text("field"), fault.text("code"), fault.number("rows"), fault.text("example", ""));
  }

  private static Change change(StrictJson json) throws BrokenJsonException {
    Map<String, Double> shares = new LinkedHashMap<>();
    String[] feature = {""};
    json.namedValues(
        name -> {
          if (name.equals("feature")) {
            feature[0] = json.text();
          } else if (json.isNumber()) {
            shares.put(name, json.number());
          } else {
            json.skip();
          }
        });
    return new Change(
        feature[0],
        shares.getOrDefault("missing", 0.0),
        shares.getOrDefault("missingSealed", 0.0),
        shares.getOrDefault("unseen", 0.0),
        shares.getOrDefault("unseenSealed", 0.0));
  }

  private static Model model(StrictJson json) throws BrokenJsonException {
    boolean[] sealed = {false};
    JsonMembers model =
        new JsonMembers(json, Set.of(), Map.of("sealed", () -> sealed[0] = json.truth())).read();
    return new Model(
        model.text("name", ""),
        model.text("model_version", ""),
        model.text("digest", ""),
        model.text("engine", ""),
        sealed[0],
        model.text("earlyStopping", ""),
        model.text("offsets", ""));
  }

  private static Optional<Scores> scores(StrictJson json) throws BrokenJsonException {
    double[] mean = {Double.NaN};
    float[] range = {Float.NaN, Float.NaN};
    List<Float> deciles = new ArrayList<>();
    Map<String, StrictJson.Value> others =
        Map.of(
            "mean", () -> mean[0] = json.realDouble(),
            "min", () -> range[0] = json.realFloat(),
            "max", () -> range[1] = json.realFloat(),
            "deciles", () -> json.list(() -> deciles.add(json.realFloat())));
    long count = new JsonMembers(json, Set.of("count"), others).read().number("count", 0);
    return count == 0
        ? Optional.empty()
        : Optional.of(new Scores(count, mean[0], range[0], range[1], deciles));
  }

  private static Partition partition(StrictJson json) throws BrokenJsonException {
    List<DataFile> files = new ArrayList<>();
    List<Hold> holds = new ArrayList<>();
    List<ReportedDrift> drifts = new ArrayList<>();
    Map<String, StrictJson.Value> others =
        Map.of(
            "files", () -> json.list(() -> files.add(DataFile.read(json))),
            "held", () -> holds.add(hold(json)),
            "drift", () -> drifts.add(ReportedDrift.read(json)));
    JsonMembers partition =
        new JsonMembers(json, Set.of("read", "scored", "quarantined"), others).read();
    return new Partition(
        partition.text("partition"),
        partition.text("identity", ""),
        partition.number("read", 0),
        partition.number("scored", 0),
        partition.number("quarantined", 0),
        holds.stream().findFirst(),
        drifts.stream().findFirst(),
        files);
  }

  private static Hold hold(StrictJson json) throws BrokenJsonException {
    JsonMembers hold = new JsonMembers(json, Set.of(), Map.of()).read();
    return new Hold(hold.text("outcome", ""), hold.text("reason", ""));
  }
}

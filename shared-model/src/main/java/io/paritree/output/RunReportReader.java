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
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads what {@link RunReport} writes, and refuses all that no run writes: what it returns can be
 * counted, compared and kept. For one document.
 */
final class RunReportReader {
  /** Members and elements: of 50,000 files, as many as {@link RunReport#MAX_BYTES} holds. */
  private static final int MOST_VALUES = 400_000;

  /** Characters of what names a run, a model or a partition. */
  private static final int MOST_NAME = 2_000;

  private static final int MOST_EXIT_CODE = 255;
  private static final double MOST_SECONDS = 1e9;
  private static final String EXIT_CODE = "exitCode";
  private static final String PUBLISHED = "published";

  private static final Set<String> WHOLES =
      Set.of("read", "scored", "quarantined", "rowsPerSecond", "duplicateKeys");

  /** They count partitions, and groups of them. */
  private static final Set<String> COUNTS =
      Set.of("groupsLeft", PUBLISHED, "held", "alreadyPublished");

  private static final List<String> SHARES =
      List.of("missing", "missingSealed", "unseen", "unseenSealed");
  private static final Set<String> REQUIRED = Set.of("run", "outcome", "startedAt");

  private final Map<String, Long> codes = new LinkedHashMap<>();
  private final Map<String, Long> missing = new LinkedHashMap<>();
  private final Map<String, Long> unseen = new LinkedHashMap<>();
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private final List<FaultyRows> faults = new ArrayList<>();
  private final List<Change> changed = new ArrayList<>();
  private final List<Partition> partitions = new ArrayList<>();
  private final Set<String> paths = new HashSet<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private final List<ReportedChallenger> challengers = new ArrayList<>();
  private Optional<Model> model = Optional.empty();
  private Optional<Scores> scores = Optional.empty();

  RunReport read(byte[] content, String where) throws DamagedFileException {
    try {
      StrictJson json = new StrictJson("the report", content, MOST_VALUES);
      JsonMembers members = new JsonMembers(json, WHOLES, others(json)).readDocument();
      if (!members.hasTexts(REQUIRED)) {
        throw json.wrong("a report with its \"run\", \"outcome\" and \"startedAt\"");
      }

      return report(json, members);
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(
          "Cannot read %s: it is not the report of a run: %s".formatted(where, e.getMessage()), e);
    }
  }

  private Map<String, StrictJson.Value> others(StrictJson json) {
    Map<String, StrictJson.Value> others = new HashMap<>();
    COUNTS.forEach(
        name -> others.put(name, () -> counts.put(name, (int) json.integer(0, Integer.MAX_VALUE))));
    others.put(EXIT_CODE, () -> counts.put(EXIT_CODE, (int) json.integer(0, MOST_EXIT_CODE)));
    others.putAll(objects(json));
    return others;
  }

  private Map<String, StrictJson.Value> objects(StrictJson json) {
    return Map.ofEntries(
        Map.entry("codes", () -> counts(codes, json)),
        Map.entry("missing", () -> counts(missing, json)),
        Map.entry("unseen", () -> counts(unseen, json)),
        Map.entry("seconds", () -> json.namedValues(stage -> seconds.put(stage, seconds(json)))),
        Map.entry("faults", () -> json.list(() -> faults.add(faultyRows(json)))),
        Map.entry("changed", () -> json.list(() -> changed.add(change(json)))),
        Map.entry("partitions", () -> json.list(() -> partitions.add(partition(json)))),
        Map.entry(
            "challengers", () -> json.list(() -> challengers.add(ReportedChallenger.read(json)))),
        Map.entry("model", () -> model = Optional.of(model(json))),
        Map.entry("scores", () -> scores = scores(json)));
  }

  private RunReport report(StrictJson json, JsonMembers members) throws BrokenJsonException {
    int exitCode = counts.getOrDefault(EXIT_CODE, 0);
    // Before 0.1.0, a run that ended with 0 had published all that it had scored.
    int published = counts.getOrDefault(PUBLISHED, exitCode == 0 ? partitions.size() : 0);
    if (published > partitions.size()) {
      throw json.wrongMember(
          PUBLISHED, "at most %s, which are its partitions".formatted(partitions.size()));
    }

    return new RunReport(
        new RunReport.Start(
            name(json, members, "run"),
            startedAt(json, members),
            model,
            members.text("input", ""),
            members.text("inputVersion", ""),
            members.text("output", "")),
        new RunReport.Ending(
            name(json, members, "outcome"),
            exitCode,
            members.text("message", ""),
            counts.getOrDefault("groupsLeft", 0)),
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
        new RunReport.Partitions(published, counts.getOrDefault("alreadyPublished", 0), partitions),
        challengers);
  }

  private static String name(StrictJson json, JsonMembers members, String member)
      throws BrokenJsonException {
    String name = members.text(member, "");
    if (name.length() > MOST_NAME) {
      throw json.wrongMember(member, "at most %s characters".formatted(MOST_NAME));
    }

    return name;
  }

  private static String startedAt(StrictJson json, JsonMembers members) throws BrokenJsonException {
    String text = name(json, members, "startedAt");
    try {
      Instant.parse(text);
      return text;
    } catch (DateTimeException e) {
      throw json.wrongMember("startedAt", "a time such as 2026-11-24T02:00:00Z");
    }
  }

  private static double seconds(StrictJson json) throws BrokenJsonException {
    double seconds = json.number();
    if (seconds < 0 || seconds > MOST_SECONDS) {
      throw json.wrong("a number of seconds");
    }

    return seconds;
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
    Map<String, Double> shares = new HashMap<>();
    Map<String, StrictJson.Value> numbers = new HashMap<>();
    for (String share : SHARES) {
      numbers.put(share, () -> shares.put(share, json.number()));
    }

    JsonMembers change = new JsonMembers(json, Set.of(), numbers).read();
    return new Change(
        change.text("feature"),
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
        name(json, model, "name"),
        name(json, model, "model_version"),
        name(json, model, "digest"),
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

  private Partition partition(StrictJson json) throws BrokenJsonException {
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
    checkBytes(json, files);
    return new Partition(
        path(json, partition),
        partition.text("identity", ""),
        partition.number("read", 0),
        partition.number("scored", 0),
        partition.number("quarantined", 0),
        holds.stream().findFirst(),
        drifts.stream().findFirst(),
        files);
  }

  private String path(StrictJson json, JsonMembers partition) throws BrokenJsonException {
    String path = name(json, partition, "partition");
    if (!partition.hasTexts(Set.of("partition")) || !PartitionValue.isPath(path)) {
      throw json.wrongMember("partition", "a path of column=value, or an empty text");
    } else if (!paths.add(path)) {
      throw json.wrongMember("partition", "each partition once");
    }

    return path;
  }

  /** Checks that the lengths of files can be added. */
  private static void checkBytes(StrictJson json, List<DataFile> files) throws BrokenJsonException {
    long bytes = 0;
    for (DataFile file : files) {
      if (file.bytes() > Long.MAX_VALUE - bytes) {
        throw json.wrongMember("files", "files of at most %s bytes".formatted(Long.MAX_VALUE));
      }

      bytes += file.bytes();
    }
  }

  private static Hold hold(StrictJson json) throws BrokenJsonException {
    JsonMembers hold = new JsonMembers(json, Set.of(), Map.of()).read();
    return new Hold(hold.text("outcome", ""), hold.text("reason", ""));
  }
}

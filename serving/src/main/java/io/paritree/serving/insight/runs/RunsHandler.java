package io.paritree.serving.insight.runs;

import io.javalin.http.Context;
import io.paritree.NameList;
import io.paritree.drift.Baseline;
import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import io.paritree.output.ReportedChallenger;
import io.paritree.output.RunReport;
import io.paritree.output.StoredAudit;
import io.paritree.output.StoredProfile;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.insight.runs.ReportedRuns.Look;
import io.paritree.serving.insight.runs.RunFiles.StoredReport;
import io.paritree.serving.metrics.StoreWaits;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.QueryParameters;
import io.paritree.serving.stored.OpenPartition;
import io.paritree.serving.stored.ServedOutput;
import io.paritree.serving.stored.StoredScores;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code GET /v1/scores/{table}/runs} and {@code GET /v1/scores/{table}/runs/{run}}: what the job's
 * runs have done. Thread-safe.
 */
public final class RunsHandler {
  private static final int USUAL_LIMIT = 50;
  private static final int MAX_LIMIT = 100;
  private static final String LIMIT = "limit";
  private static final String CHALLENGER = "challenger";

  /** Of the lists of all outputs together; a list that is made again is there twice meanwhile. */
  private static final long LISTS_BYTES = 16 << 20;

  private static final long LEAST_LIST_BYTES = 1 << 20;

  /** Of a report while it is read: its bytes, its text, and what is made of them. */
  private static final long READING_BYTES = 64 << 20;

  private final StoredScores scores;
  private final ServingConfig config;
  private final StoreWaits waits;
  private final RecentFiles contents = new RecentFiles();
  private final Map<String, ReportedRuns> outputs = new ConcurrentHashMap<>();

  public RunsHandler(StoredScores scores, ServingConfig config, StoreWaits waits) {
    this.scores = scores;
    this.config = config;
    this.waits = waits;
  }

  /**
   * Returns how many bytes of the heap the reports of runs take at most: the lists of all outputs,
   * the files that were read last, and one that is being read.
   */
  public static long mostBytes(int outputs) {
    return outputs == 0
        ? 0
        : 2 * outputs * listBytes(outputs) + RecentFiles.MOST_BYTES + READING_BYTES;
  }

  private static long listBytes(int outputs) {
    return Math.max(LEAST_LIST_BYTES, LISTS_BYTES / outputs);
  }

  public void list(Context ctx) {
    ReportedRuns runs = runs(ctx);
    int limit = QueryParameters.of(ctx, LIMIT).wholeNumber(LIMIT, MAX_LIMIT).orElse(USUAL_LIMIT);
    MediaTypes.requireJsonAccepted(ctx);
    Look look = runs.list();
    List<EndedRun> newest = look.runs().subList(0, Math.min(limit, look.runs().size()));
    Answers.object(
        ctx,
        json -> {
          json.writeStringField("name", ctx.pathParam("table"));
          JsonText.objects(json, "runs", newest, run -> run.write(json));
          json.writeNumberField("left", look.runs().size() - newest.size());
          JsonText.optional(
              json, "problem", Optional.of(look.failure()).filter(text -> !text.isEmpty()));
        });
  }

  public void run(Context ctx) {
    ReportedRuns runs = runs(ctx);
    MediaTypes.requireJsonAccepted(ctx);
    boolean examples = config.page().quarantineExamples();
    byte[] answer =
        runs.report(
            ctx.pathParam("run"),
            (found, previous) -> {
              RunReport report = found.report();
              return JsonText.line(
                  JsonText.object(
                      json -> {
                        json.writeStringField("run", found.directory());
                        Documents.members(examples ? report : report.withoutExamples(), json);
                        JsonText.optional(json, "previous", previous.map(EndedRun::directory));
                        json.writeBooleanField("lineage", found.hasLineage());
                      }));
            });
    ctx.result(answer);
  }

  /**
   * {@code GET .../runs/{run}/comparison}: how the run's challenger compares, or the one that
   * {@code challenger} names. Rows that move most have their keys, so it is there where the page is
   * served, which shows keys, too.
   */
  public void comparison(Context ctx) {
    ReportedRuns runs = runs(ctx);
    MediaTypes.requireJsonAccepted(ctx);
    Optional<String> wanted = QueryParameters.of(ctx, CHALLENGER).value(CHALLENGER, "one name");
    Map.Entry<String, List<String>> found =
        runs.report(
            ctx.pathParam("run"), (stored, any) -> Map.entry(stored.directory(), compared(stored)));
    List<String> compared = found.getValue();
    byte[] document =
        wanted
            .or(() -> compared.stream().findFirst())
            .filter(compared::contains)
            .flatMap(name -> runs.comparison(found.getKey(), name))
            .orElseThrow(
                () ->
                    new ProblemException(Problems.UNKNOWN_CHALLENGER.of(NameList.known(compared))));
    ctx.result(document);
  }

  private List<String> compared(StoredReport stored) {
    return stored.report().challengers().stream()
        .filter(one -> !one.file().isEmpty() && config.servesPage())
        .map(ReportedChallenger::name)
        .toList();
  }

  /**
   * Returns the newest partition in service of stored scores as a baseline.
   *
   * @param modelDigest of the model whose rows are compared
   * @throws ProblemException if there is none, or its profile is not known
   */
  public Baseline newest(String table, String modelDigest) {
    ServedOutput output = output(table);
    if (output.partitions().isEmpty()) {
      throw new ProblemException(Problems.NO_SCORES.of(table));
    }

    OpenPartition newest = output.partitions().get(0);
    StoredProfile profile =
        runs(output)
            .profile(newest.path(), newest.manifest().identity())
            .orElseThrow(
                () ->
                    new ProblemException(
                        Problems.UNUSABLE_PARAMETER.of(
                            "against",
                            "there is no profile of %s; score it with --drift report"
                                .formatted(newest.name()))));
    return new Baseline("stored", List.of(newest.path()), profile.comparable(modelDigest));
  }

  /**
   * Returns what the last audit of a partition in service has found out; empty if none was kept.
   *
   * @throws ProblemException with 503 if it cannot be read
   */
  public Optional<StoredAudit> audit(String table, OpenPartition partition) {
    return runs(output(table)).audit(partition.path());
  }

  /** Returns the runs of the stored scores that a path names. */
  ReportedRuns runs(Context ctx) {
    return runs(output(ctx.pathParam("table")));
  }

  private ServedOutput output(String table) {
    return scores
        .find(table)
        .orElseThrow(() -> new ProblemException(Problems.UNKNOWN_SCORES.of(scores.names())));
  }

  private ReportedRuns runs(ServedOutput output) {
    return outputs.computeIfAbsent(
        output.name(),
        name -> {
          long most = listBytes(config.scores().tables().size());
          RunFiles files = new RunFiles(name, output.location(), most, contents);
          return new ReportedRuns(output, config.scores().poll(), waits, files);
        });
  }
}

package io.paritree.serving.runs;

import io.javalin.http.Context;
import io.paritree.Fault;
import io.paritree.NameList;
import io.paritree.json.JsonText;
import io.paritree.output.PartitionValue;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.request.MediaTypes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code GET /v1/scores/{table}/drift}: how the rows of each partition differ from others, as the
 * job's newest run of it has reported; with {@code partition=P}, all that is known of one.
 * Thread-safe.
 */
public final class StoredDriftHandler {
  private static final int MOST = 100;
  private static final String PARTITION = "partition";

  private final RunsHandler runs;

  /** A partition, with the newest run that has compared it. */
  private record Reported(EndedRun run, Night night) {}

  public StoredDriftHandler(RunsHandler runs) {
    this.runs = runs;
  }

  public void handle(Context ctx) {
    ReportedRuns reported = runs.runs(ctx);
    String partition = partition(ctx);
    MediaTypes.requireJsonAccepted(ctx);
    Map<String, Reported> newest = newest(reported);
    if (partition == null) {
      list(newest, ctx);
      return;
    }

    Reported one = newest.get(partition);
    if (one == null) {
      throw new ProblemException(
          Problems.UNKNOWN_NIGHT.of(NameList.known(List.copyOf(newest.keySet()))));
    }

    byte[] all = reported.drift(one.run.directory(), partition);
    Answers.object(
        ctx,
        json -> {
          json.writeStringField("name", ctx.pathParam("table"));
          DriftJson.night(one.run, one.night, json);
          json.writeFieldName("detail");
          json.writeRawValue(new String(all, StandardCharsets.UTF_8));
        });
  }

  /** Returns the partition that is asked for; null if none is. */
  private static String partition(Context ctx) {
    for (String name : ctx.queryParamMap().keySet()) {
      if (!name.equals(PARTITION)) {
        throw new ProblemException(
            Problems.UNKNOWN_PARAMETER.of(Fault.printable(name), "only " + PARTITION));
      }
    }

    List<String> given = ctx.queryParams(PARTITION);
    if (given.size() > 1) {
      throw new ProblemException(Problems.BAD_PARAMETER.of(PARTITION, "one partition"));
    }

    return given.isEmpty() ? null : given.get(0);
  }

  /** Returns the partitions, the newest first. */
  private static Map<String, Reported> newest(ReportedRuns runs) {
    Comparator<String> newestFirst = PartitionValue.ORDER.reversed();
    Map<String, Reported> newest = new TreeMap<>(newestFirst);
    for (EndedRun run : runs.list().runs()) {
      run.nights()
          .forEach(night -> newest.putIfAbsent(night.partition(), new Reported(run, night)));
    }

    return newest;
  }

  private static void list(Map<String, Reported> newest, Context ctx) {
    List<Reported> shown = new ArrayList<>(newest.values());
    List<Reported> first = shown.subList(0, Math.min(MOST, shown.size()));
    Answers.object(
        ctx,
        json -> {
          json.writeStringField("name", ctx.pathParam("table"));
          JsonText.objects(
              json, "partitions", first, one -> DriftJson.night(one.run, one.night, json));
          json.writeNumberField("left", shown.size() - first.size());
        });
  }
}

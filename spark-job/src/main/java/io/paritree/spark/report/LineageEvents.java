package io.paritree.spark.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paritree.output.RunReport.Partition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The events of one run, in the JSON of OpenLineage's version 2-0-2 and of its facets.
 *
 * <p>Immutable and thread-safe.
 *
 * @param id the run's id in the events, which is another one at each start
 * @param runId the run's id
 * @param namespace the job's namespace
 * @param job the job's name
 * @param sparkVersion the version of Spark
 */
public record LineageEvents(
    UUID id, String runId, String namespace, String job, String sparkVersion) {
  /** A placeholder, as all addresses below example.org. */
  private static final String PRODUCER = "https://paritree.example.org";

  private static final String OWN_FACETS = PRODUCER + "/lineage/1-0-0/ParitreeFacets.json#/$defs/";
  private static final String SPEC = "https://openlineage.io/spec/";

  /** Most pairs of columns that are written; a model of many outputs and features has millions. */
  private static final long MOST_PAIRS = 50_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Returns the event of a run that begins.
   *
   * @param at when, as ISO 8601 in UTC
   */
  public byte[] start(String at) {
    return bytes(event("START", at));
  }

  /**
   * Returns the event of a run that has ended.
   *
   * @param at when, as ISO 8601 in UTC
   * @param lineage what it reads and writes; empty if it ended before that was known
   * @param quality what it has found out about the rows
   */
  public byte[] end(String at, JobReport report, Optional<Lineage> lineage, RunQuality quality) {
    ObjectNode event = event(report.exitCode() == 0 ? "COMPLETE" : "FAIL", at);
    ObjectNode facets = (ObjectNode) event.get("run").get("facets");
    addReport(facets, report);
    if (lineage.isPresent()) {
      event.putArray("inputs").add(input(lineage.get(), report, quality));
      event.putArray("outputs").add(output(lineage.get(), report));
    }

    return bytes(event);
  }

  private ObjectNode event(String type, String at) {
    ObjectNode event = JSON.createObjectNode();
    event.put("eventType", type).put("eventTime", at).put("producer", PRODUCER);
    event.put("schemaURL", SPEC + "2-0-2/OpenLineage.json#/$defs/RunEvent");
    ObjectNode facets = event.putObject("run").put("runId", id.toString()).putObject("facets");
    standard(facets, "processing_engine", "1-1-1", "ProcessingEngineRunFacet")
        .put("name", "spark")
        .put("version", sparkVersion);
    own(facets, "paritree_run", "RunFacet").put("run", runId);
    ObjectNode owner = event.putObject("job").put("namespace", namespace).put("name", job);
    standard(owner.putObject("facets"), "jobType", "2-0-4", "JobTypeJobFacet")
        .put("processingType", "BATCH")
        .put("integration", "PARITREE")
        .put("jobType", "JOB");
    event.putArray("inputs");
    event.putArray("outputs");
    return event;
  }

  private static void addReport(ObjectNode facets, JobReport report) {
    Partition total = report.total();
    JobReport.Partitions partitions = report.partitions();
    ((ObjectNode) facets.get("paritree_run"))
        .put("outcome", report.outcome().word())
        .put("exitCode", report.exitCode())
        .put("read", total.read())
        .put("scored", total.scored())
        .put("quarantined", total.quarantined())
        .put("partitionsPublished", partitions.published().size())
        .put("partitionsHeld", partitions.held().size())
        .put("partitionsAlreadyPublished", partitions.before().size());
    report
        .start()
        .model()
        .ifPresent(
            model ->
                own(facets, "paritree_model", "ModelFacet")
                    .put("name", model.name())
                    .put("version", model.version())
                    .put("digest", model.digest())
                    .put("engine", model.engine())
                    .put("sealed", model.sealed()));
    addChallengers(facets, report);
    if (report.exitCode() != 0) {
      standard(facets, "errorMessage", "1-0-1", "ErrorMessageRunFacet")
          .put("message", report.message())
          .put("programmingLanguage", "JAVA");
    }
  }

  private static void addChallengers(ObjectNode facets, JobReport report) {
    if (report.challengers().isEmpty()) {
      return;
    }

    ArrayNode all = own(facets, "paritree_challengers", "ChallengersFacet").putArray("challengers");
    for (ComparedChallenger one : report.challengers()) {
      ObjectNode to = all.addObject().put("name", one.name());
      if (one.leftOut().isEmpty()) {
        to.put("version", one.reported().version()).put("digest", one.reported().digest());
        one.rows().forEach(to.putObject("rows")::put);
        one.measures().forEach(to.putObject("measures")::put);
      } else {
        to.put("leftOut", one.leftOut());
      }
    }
  }

  private static ObjectNode input(Lineage lineage, JobReport report, RunQuality quality) {
    ObjectNode input = dataset(lineage.input());
    ObjectNode facets = input.putObject("facets");
    addSchema(facets, lineage.read());
    if (!lineage.version().isEmpty()) {
      standard(facets, "version", "1-0-1", "DatasetVersionDatasetFacet")
          .put("datasetVersion", lineage.version());
    }

    ObjectNode inputFacets = input.putObject("inputFacets");
    if (!report.partitions().published().isEmpty()) {
      ObjectNode statistics =
          standard(inputFacets, "inputStatistics", "1-0-0", "InputStatisticsInputDatasetFacet")
              .put("rowCount", report.total().read());
      if (lineage.part().fileCount() > 0) {
        statistics.put("size", lineage.part().bytes()).put("fileCount", lineage.part().fileCount());
      }
    }

    addPart(inputFacets, lineage.part());
    new QualityFacets(lineage.numbers(), quality)
        .addTo((name, version, schema) -> standard(inputFacets, name, version, schema));
    return input;
  }

  private static void addPart(ObjectNode facets, Lineage.Part part) {
    if (part.files().isEmpty() && part.partitions().isEmpty()) {
      return;
    }

    ObjectNode condition =
        facet(
                facets,
                "subset",
                SPEC
                    + "facets/1-0-0/BaseSubsetDatasetFacet.json#/$defs/InputSubsetInputDatasetFacet")
            .putObject("inputCondition");
    if (part.files().isEmpty()) {
      ArrayNode partitions = condition.put("type", "partition").putArray("partitions");
      for (Map<String, String> values : part.partitions()) {
        values.forEach(partitions.addObject().putObject("dimensions")::put);
      }
    } else {
      part.files().forEach(condition.put("type", "location").putArray("locations")::add);
    }
  }

  private static ObjectNode output(Lineage lineage, JobReport report) {
    ObjectNode output = dataset(lineage.output());
    ObjectNode facets = output.putObject("facets");
    addSchema(facets, lineage.written());
    ObjectNode columns = standard(facets, "columnLineage", "1-2-0", "ColumnLineageDatasetFacet");
    ObjectNode fields = columns.putObject("fields");
    for (String column : lineage.kept()) {
      ArrayNode from = fields.putObject(column).putArray("inputFields");
      addField(from, lineage.input(), column, "DIRECT", "IDENTITY");
    }

    // Beyond the limit, only that all output depends on these columns is said.
    if (lineage.computed().values().stream().mapToLong(List::size).sum() <= MOST_PAIRS) {
      lineage
          .computed()
          .forEach(
              (column, sources) -> {
                ArrayNode from = fields.putObject(column).putArray("inputFields");
                sources.forEach(
                    source -> addField(from, lineage.input(), source, "DIRECT", "TRANSFORMATION"));
              });
    }

    ArrayNode filtering = columns.putArray("dataset");
    lineage
        .filtering()
        .forEach(source -> addField(filtering, lineage.input(), source, "INDIRECT", "FILTER"));
    if (!report.partitions().published().isEmpty()) {
      List<Partition> published = report.partitions().published();
      standard(
              output.putObject("outputFacets"),
              "outputStatistics",
              "1-0-2",
              "OutputStatisticsOutputDatasetFacet")
          .put("rowCount", published.stream().mapToLong(Partition::scored).sum())
          .put("size", published.stream().mapToLong(Partition::bytes).sum())
          .put("fileCount", published.stream().mapToLong(own -> own.files().size()).sum());
    }

    return output;
  }

  private static void addField(
      ArrayNode fields, DatasetName input, String column, String type, String subtype) {
    ObjectNode field = fields.addObject();
    field.put("namespace", input.namespace()).put("name", input.name()).put("field", column);
    field.putArray("transformations").addObject().put("type", type).put("subtype", subtype);
  }

  private static void addSchema(ObjectNode facets, List<Lineage.Column> columns) {
    if (!columns.isEmpty()) {
      ArrayNode fields =
          standard(facets, "schema", "1-2-0", "SchemaDatasetFacet").putArray("fields");
      for (Lineage.Column column : columns) {
        fields.addObject().put("name", column.name()).put("type", column.type());
      }
    }
  }

  private static ObjectNode dataset(DatasetName name) {
    return JSON.createObjectNode().put("namespace", name.namespace()).put("name", name.name());
  }

  private static ObjectNode standard(
      ObjectNode facets, String name, String version, String schema) {
    return facet(
        facets, name, "%sfacets/%s/%s.json#/$defs/%s".formatted(SPEC, version, schema, schema));
  }

  private static ObjectNode own(ObjectNode facets, String name, String definition) {
    return facet(facets, name, OWN_FACETS + definition);
  }

  private static ObjectNode facet(ObjectNode facets, String name, String schemaUrl) {
    return facets.putObject(name).put("_producer", PRODUCER).put("_schemaURL", schemaUrl);
  }

  private static byte[] bytes(ObjectNode event) {
    try {
      return JSON.writeValueAsString(event).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a tree of plain values as JSON", e);
    }
  }
}

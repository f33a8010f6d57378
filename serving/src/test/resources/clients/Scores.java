import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.HealthApi;
import org.openapitools.client.api.MlflowApi;
import org.openapitools.client.api.ModelsApi;
import org.openapitools.client.api.OpenInferenceApi;
import org.openapitools.client.api.ScoringApi;
import org.openapitools.client.api.StoredScoresApi;
import org.openapitools.client.model.AwkwardRecord;
import org.openapitools.client.model.InferenceRequest;
import org.openapitools.client.model.InputTensor;
import org.openapitools.client.model.MlflowRequest;
import org.openapitools.client.model.ParcelClassRecord;
import org.openapitools.client.model.ParcelLateBatch;
import org.openapitools.client.model.ParcelLateRecord;
import org.openapitools.client.model.ParcelLateResult;
import org.openapitools.client.model.Problem;
import org.openapitools.client.model.StoredComparison;
import org.openapitools.client.model.StoredKeys;
import org.openapitools.client.model.StoredResults;

/** Uses a generated client as its users do; prints what it reads. */
public final class Scores {
  public static void main(String[] arguments) throws ApiException {
    ApiClient client = new ApiClient().setBasePath(arguments[0]);
    client.setBearerToken(arguments[1]);
    ScoringApi scoring = new ScoringApi(client);
    ParcelLateRecord record =
        new ParcelLateRecord()
            .distance(1200.5)
            .weight(-0.5)
            .express(true)
            .carrier("Zürich Post")
            .zone(ParcelLateRecord.ZoneEnum.NUMBER_30)
            .departure("2026-01-15T08:30:00");
    ParcelLateResult late = scoring.scoreParcelLate(record, true, null, null, null, "mine");
    print("late", late.getScore(), late.getLabel(), late.getMargin(), late.getModel());
    ParcelLateResult explained = scoring.scoreParcelLate(record, null, 2, "both", null, null);
    print("reasons", explained.getReasons().getFields().size(), explained.getReasons().getFields().get(0).getField());
    ParcelLateBatch batch =
        scoring.scoreBatchParcelLate(
            List.of(record, new ParcelLateRecord().weight(1.0).distance(-5.0), new ParcelLateRecord().weight(2.0)),
            null, null, null, null, null, null);
    print("batch", batch.getScored(), batch.getRefused());
    print("first", batch.getResults().get(0).getScore(), batch.getResults().get(0).getLabel());
    print("second", batch.getResults().get(1).getErrors().get(0).getCode());
    print("third", batch.getResults().get(2).getScore());
    ParcelLateBatch reasoned =
        scoring.scoreBatchParcelLate(List.of(record), null, "carrier", 1, "down", null, null);
    print(
        "batch reasons",
        reasoned.getResults().get(0).getKey(),
        reasoned.getResults().get(0).getReasons().getFields().size());
    print("alias", scoring.scoreParcelLateByAlias("champion", record, null, null, null, null, null).getScore());
    print("version of model", scoring.scoreParcelLateByVersion("1", record, null, null, null, null, null).getScore());
    ParcelClassRecord parcel = new ParcelClassRecord().weight(-0.5);
    print("class", scoring.scoreParcelClass(parcel, null, null, null, null, null).getScores().get("medium"));
    AwkwardRecord awkward = new AwkwardRecord().größe(0.5).city("Москва");
    print("awkward", scoring.scoreAwkward(awkward, null, null, null, null, null).getScore());

    ModelsApi models = new ModelsApi(client);
    print("models", models.listModels().getModels().size());
    print("card", models.getModel("parcel-late@champion").getFeatures().size());
    StoredScoresApi stored = new StoredScoresApi(client);
    print("stored", stored.listScores(null).getScores().size(), stored.getScores("parcels", null).getRows());
    print("row of key", stored.getParcelsRowOfKey("7", null, null, null).getScore());
    print("row of partition", stored.getParcelsRowOfKey("7", "1", null, null).getScore());
    print("row", stored.getParcelsRow("7", "1", null, null).getScore());
    print("history", stored.getParcelsRowHistoryOfKey("7", null, 1, null).getHistory().size());
    print("row history", stored.getParcelsRowHistory("7", null, null, null).getHistory().size());
    StoredResults found = stored.lookUpParcels(new StoredKeys().keys(List.of("7", "8")), "2", null);
    print("found", found.getFound(), found.getResults().get(1).getError().getCode());
    Map<String, Object> values = Map.of("weight", -0.5);
    StoredComparison compared = stored.compareParcelsRowOfKey("7", values, "2", null);
    print("compare", compared.getSameBits(), compared.getCause(), compared.getNow().getScore());
    print("row compare", stored.compareParcelsRow("7", values, null, null).getCause());
    try {
      stored.getParcelsRowOfKey("9", null, null, null);
    } catch (ApiException e) {
      print("absent", problem(e).getStatus(), problem(e).getType());
    }

    InputTensor weight =
        new InputTensor()
            .name("weight")
            .datatype(InputTensor.DatatypeEnum.FP64)
            .shape(List.of(1L))
            .data(List.of(2.0));
    InferenceRequest request = new InferenceRequest().inputs(List.of(weight));
    print(
        "infer",
        new OpenInferenceApi(client)
            .infer("parcel-late", request, null, null)
            .getOutputs()
            .get(0)
            .getData()
            .get(0));
    MlflowRequest rows = new MlflowRequest();
    rows.addDataframeRecordsItem(
        new java.util.HashMap<>(
            Map.of(
                "distance", 1200.5, "weight", -0.5, "express", true, "carrier", "Zürich Post", "zone",
                30, "departure", "2026-01-15T08:30:00")));
    print("invocations", new MlflowApi(client).invocations(rows, null).getPredictions().get(0));
    print("version", new MlflowApi(client).version());
    OpenInferenceApi inference = new OpenInferenceApi(client);
    print(
        "rest",
        models.getModelVersion("parcel-late", "1").getName(),
        inference.inferenceServer().getName(),
        inference.inferenceModels().getModels().size(),
        inference.inferenceModel("parcel-late").getInputs().size(),
        inference.inferenceModelReady("parcel-late").getReady(),
        inference.inferenceReady().getReady(),
        new HealthApi(client).ready().getReady(),
        new MlflowApi(client).health().strip().isEmpty(),
        models.openApi() != null);
    print("ping", new MlflowApi(client).ping().strip().isEmpty());
    print("live", new HealthApi(client).live().getLive());
    try {
      scoring.scoreParcelLate(record.distance(-5.0), null, null, null, null, null);
    } catch (ApiException e) {
      print("refused", e.getCode(), problem(e).getType(), problem(e).getErrors().get(0).getCode());
    }
  }

  private static Problem problem(ApiException refusal) {
    try {
      return Problem.fromJson(refusal.getResponseBody());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void print(String what, Object... values) {
    StringBuilder line = new StringBuilder(what);
    for (Object value : values) {
      line.append('\t').append(value);
    }

    System.out.println(line);
  }
}

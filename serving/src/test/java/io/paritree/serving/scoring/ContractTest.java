package io.paritree.serving.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.RunningServer;
import io.paritree.serving.insight.sweep.SweptModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model's contract says what a record may have, in the order and words of its schema. */
class ContractTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path directory;
  private static SweptModels models;
  private static RunningServer serving;

  @AutoClose private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    models = new SweptModels(directory);
    serving = RunningServer.start(models.references(), Map.of());
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  private JsonNode contract(String name) throws IOException {
    Answer answer = client.get("/v1/models/%s/contract".formatted(name));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.content());
  }

  private Map<String, String> fields(String name) throws IOException {
    Map<String, String> fields = new HashMap<>();
    for (JsonNode field : contract(name).path("fields")) {
      fields.put(field.path("name").asText(), field.toString().replace('"', '\''));
    }

    return fields;
  }

  @Test
  void theExampleOfEachModelIsScored() throws Exception {
    for (String name : models.names()) {
      JsonNode contract = contract(name);
      String example = contract.path("example").toString();

      Answer answer = client.post("/v1/models/%s/score".formatted(name), example);

      assertThat(answer.status()).as("%s: %s %s", name, example, answer.body()).isEqualTo(200);
      assertThat(contract.path("example")).hasSameSizeAs(contract.path("fields"));
    }
  }

  @Test
  void membersOfTheCardAreTheSame() throws Exception {
    for (String name : models.names()) {
      JsonNode contract = contract(name);
      JsonNode card = JSON.readTree(client.get("/v1/models/" + name).content());
      for (String member :
          List.of("name", "model_version", "digest", "sealed", "objective", "outputs")) {
        assertThat(contract.get(member)).isNotNull().isEqualTo(card.get(member));
      }

      for (JsonNode field : contract.path("fields")) {
        assertThat(field.path("features")).isNotEmpty();
        for (JsonNode feature : card.path("features")) {
          if (field.path("features").size() == 1
              && field.at("/features/0").equals(feature.path("name"))) {
            for (String member :
                List.of("min", "max", "unseen", "zone", "missing", "group", "role", "default")) {
              assertThat(field.get(member)).as(name + member).isEqualTo(feature.get(member));
            }
          }
        }
      }
    }
  }

  @Test
  void fieldsSayWhatTheirFeaturesAccept() throws Exception {
    assertThat(fields("parcel-reasons"))
        .containsEntry(
            "distance",
            "{'name':'distance','type':'number','features':['distance'],'nullable':true,"
                + "'expected':'a number, 0.0 to 5000.0','min':0,'max':5000,'thresholds':%s,'threshold_range':%s,"
                    .formatted(
                        contract("parcel-reasons").at("/fields/0/thresholds"),
                        contract("parcel-reasons").at("/fields/0/threshold_range"))
                + "'missing':[-999],'reason':{'up':{'code':'R1','text':'The way is long'},"
                + "'down':{'code':'R2'}}}")
        .containsEntry(
            "express",
            "{'name':'express','type':'boolean','features':['express'],'nullable':true,"
                + "'expected':'true, false, 0 or 1','group':'service'}")
        .containsEntry(
            "carrier",
            "{'name':'carrier','type':'category','features':['carrier'],'nullable':true,"
                + "'expected':'text','categories':['AA','DL','UA','Zürich Post'],"
                + "'categories_count':4,'unseen':'missing','group':'service'}")
        .containsEntry(
            "departure",
            "{'name':'departure','type':'timestamp','features':['hour','day_of_week'],"
                + "'nullable':true,'expected':'a timestamp, as yyyy-MM-ddTHH:mm:ss[offset]',"
                + "'zone':'America/Chicago'}");
    assertThat(fields("parcel-reasons").get("weight"))
        .contains("'nullable':false", "'reason':'never'", "'expected':'a number'");
    assertThat(fields("parcel-late").get("zone"))
        .contains("'type':'integer_category'", "'categories':[10,20,30,7]", "'unseen':'reject'");
    assertThat(fields("codes").get("zone")).contains("'type':'category_code'");
    assertThat(fields("priors").get("prior_2"))
        .contains("'role':'offset','default':0.25", "'nullable':true")
        .doesNotContain("thresholds");
    assertThat(fields("exposed").get("log_exposure"))
        .contains("'role':'offset'", "'nullable':false")
        .doesNotContain("default");
    assertThat(fields("shared").get("both"))
        .contains("'features':['f0','f1']", "'min':-5,'max':9.5", "'missing':[0.5,1,'n/a']");
    assertThat(fields("rules").get("f6")).contains("'unseen':{'as':'b'}", "'missing':['n/a']");
    assertThat(fields("rules").get("at")).doesNotContain("'zone'");
  }

  @Test
  void hostileNamesAreText() throws Exception {
    JsonNode contract = contract("hostile");
    for (int index = 0; index < 8; index++) {
      String name = SweptModels.hostile(index);
      JsonNode field = contract.path("fields").path(index);
      assertThat(field.path("name").asText()).isEqualTo(name);
      assertThat(contract.path("example").has(name)).isTrue();
    }

    assertThat(contract.at("/fields/4/categories"))
        .extracting(JsonNode::asText)
        .isEqualTo(SweptModels.HOSTILE);
  }

  @Test
  void aVersionHasItsContract() throws Exception {
    assertThat(client.get("/v1/models/wide/versions/1/contract").content())
        .isEqualTo(client.get("/v1/models/wide/contract").content());
    assertThat(client.get("/v1/models/wide/versions/2/contract").status()).isEqualTo(404);
  }
}

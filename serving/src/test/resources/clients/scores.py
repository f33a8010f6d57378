"""Uses a generated client as its users do; prints what it reads."""

import sys

import openapi_client
from openapi_client import (
    AwkwardRecord,
    InferenceRequest,
    InputTensor,
    MlflowRequest,
    ParcelClassRecord,
    ParcelLateRecord,
    StoredKeys,
)
from openapi_client.rest import ApiException


def show(what, *values):
    print(what, *(str(value).lower() if isinstance(value, bool) else value for value in values), sep="\t")


configuration = openapi_client.Configuration(host=sys.argv[1], access_token=sys.argv[2])
with openapi_client.ApiClient(configuration) as client:
    scoring = openapi_client.ScoringApi(client)
    record = ParcelLateRecord(
        distance=1200.5,
        weight=-0.5,
        express=True,
        carrier="Zürich Post",
        zone=30,
        departure="2026-01-15T08:30:00",
    )
    late = scoring.score_parcel_late(record, margin=True, x_request_id="mine")
    show("late", late.score, late.label, late.margin, late.model)
    explained = scoring.score_parcel_late(record, reasons=2, direction="both")
    show("reasons", len(explained.reasons.fields), explained.reasons.fields[0].var_field)
    batch = scoring.score_batch_parcel_late(
        [record, ParcelLateRecord(weight=1, distance=-5), ParcelLateRecord(weight=2, distance=None)]
    )
    show("batch", batch.scored, batch.refused)
    show("first", batch.results[0].score, batch.results[0].label)
    show("second", batch.results[1].errors[0].code)
    show("third", batch.results[2].score)
    reasoned = scoring.score_batch_parcel_late([record], key="carrier", reasons=1, direction="down")
    show("batch reasons", reasoned.results[0].key, len(reasoned.results[0].reasons.fields))
    show("alias", scoring.score_parcel_late_by_alias("champion", record).score)
    show("version of model", scoring.score_parcel_late_by_version("1", record).score)
    show("class", scoring.score_parcel_class(ParcelClassRecord(weight=-0.5)).scores["medium"])
    awkward = AwkwardRecord.from_dict({"größe": 0.5, "city": "Москва"})
    show("awkward", scoring.score_awkward(awkward).score)

    models = openapi_client.ModelsApi(client)
    show("models", len(models.list_models().models))
    show("card", len(models.get_model("parcel-late@champion").features))
    stored = openapi_client.StoredScoresApi(client)
    show("stored", len(stored.list_scores().scores), stored.get_scores("parcels").rows)
    show("row of key", stored.get_parcels_row_of_key("7").score)
    show("row of partition", stored.get_parcels_row_of_key("7", day="1").score)
    show("row", stored.get_parcels_row("7", day="1").score)
    show("history", len(stored.get_parcels_row_history_of_key("7", limit=1).history))
    show("row history", len(stored.get_parcels_row_history("7").history))
    found = stored.look_up_parcels(StoredKeys(keys=["7", "8"]), day="2")
    show("found", found.found, found.results[1].error.code)
    compared = stored.compare_parcels_row_of_key("7", {"weight": -0.5}, day="2")
    show("compare", compared.same_bits, compared.cause, compared.now.score)
    show("row compare", stored.compare_parcels_row("7", {"weight": -0.5}).cause)
    try:
        stored.get_parcels_row_of_key("9")
    except ApiException as refusal:
        show("absent", refusal.data.status, refusal.data.type)

    inference = openapi_client.OpenInferenceApi(client)
    weight = InputTensor(name="weight", datatype="FP64", shape=[1], data=[2])
    inferred = inference.infer("parcel-late", InferenceRequest(inputs=[weight]))
    show("infer", inferred.outputs[0].data[0])
    mlflow = openapi_client.MlflowApi(client)
    invoked = mlflow.invocations(MlflowRequest(dataframe_records=[record.to_dict()]))
    show("invocations", invoked.predictions[0])
    show(
        "rest",
        models.get_model_version("parcel-late", "1").name,
        inference.inference_server().name,
        len(inference.inference_models().models),
        len(inference.inference_model("parcel-late").inputs),
        inference.inference_model_ready("parcel-late").ready,
        inference.inference_ready().ready,
        openapi_client.HealthApi(client).ready().ready,
        mlflow.health().strip() == "",
        models.open_api() is not None,
    )
    show("version", mlflow.version())
    show("ping", mlflow.ping().strip() == "")
    show("live", openapi_client.HealthApi(client).live().live)
    record.distance = -5
    try:
        scoring.score_parcel_late(record)
    except ApiException as refusal:
        show("refused", refusal.status, refusal.data.type, refusal.data.errors[0].code)

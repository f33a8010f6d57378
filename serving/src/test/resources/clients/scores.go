// Uses a generated client as its users do; prints what it reads.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	openapi "github.com/GIT_USER_ID/GIT_REPO_ID"
)

func show(what string, values ...any) {
	words := []string{what}
	for _, value := range values {
		words = append(words, fmt.Sprint(value))
	}

	fmt.Println(strings.Join(words, "\t"))
}

// must returns what a call has returned, or ends the program.
func must[T any](value T, _ any, err error) T {
	if err != nil {
		var refusal *openapi.GenericOpenAPIError
		if errors.As(err, &refusal) {
			fmt.Fprintln(os.Stderr, string(refusal.Body()))
		}

		panic(err)
	}

	return value
}

func problem(err error) openapi.Problem {
	var refusal *openapi.GenericOpenAPIError
	if !errors.As(err, &refusal) {
		panic(err)
	}

	return refusal.Model().(openapi.Problem)
}

func main() {
	configuration := openapi.NewConfiguration()
	configuration.Servers = openapi.ServerConfigurations{{URL: os.Args[1]}}
	client := openapi.NewAPIClient(configuration)
	ctx := context.WithValue(context.Background(), openapi.ContextAccessToken, os.Args[2])

	record := openapi.NewParcelLateRecord(-0.5)
	record.SetDistance(1200.5)
	record.SetExpress(true)
	record.SetCarrier("Zürich Post")
	record.SetZone(30)
	record.SetDeparture("2026-01-15T08:30:00")
	late := must(client.ScoringAPI.ScoreParcelLate(ctx).ParcelLateRecord(*record).Margin(true).XRequestId("mine").Execute())
	show("late", late.GetScore(), late.GetLabel(), late.GetMargin(), late.GetModel())
	explained := must(client.ScoringAPI.ScoreParcelLate(ctx).ParcelLateRecord(*record).Reasons(2).Direction("both").Execute())
	show("reasons", len(explained.Reasons.GetFields()), explained.Reasons.Fields[0].GetField())
	wrong := openapi.NewParcelLateRecord(1)
	wrong.SetDistance(-5)
	missing := openapi.NewParcelLateRecord(2)
	missing.SetDistanceNil()
	records := []openapi.ParcelLateRecord{*record, *wrong, *missing}
	batch := must(client.ScoringAPI.ScoreBatchParcelLate(ctx).ParcelLateRecord(records).Execute())
	show("batch", batch.GetScored(), batch.GetRefused())
	show("first", batch.Results[0].GetScore(), batch.Results[0].GetLabel())
	show("second", batch.Results[1].Errors[0].GetCode())
	show("third", batch.Results[2].GetScore())
	reasoned := must(client.ScoringAPI.ScoreBatchParcelLate(ctx).ParcelLateRecord(records[:1]).Key("carrier").Reasons(1).Direction("down").Execute())
	show("batch reasons", reasoned.Results[0].GetKey(), len(reasoned.Results[0].Reasons.GetFields()))
	alias := must(client.ScoringAPI.ScoreParcelLateByAlias(ctx, "champion").ParcelLateRecord(*record).Execute())
	show("alias", alias.GetScore())
	version := must(client.ScoringAPI.ScoreParcelLateByVersion(ctx, "1").ParcelLateRecord(*record).Execute())
	show("version of model", version.GetScore())
	class := must(client.ScoringAPI.ScoreParcelClass(ctx).ParcelClassRecord(*openapi.NewParcelClassRecord(-0.5)).Execute())
	show("class", class.GetScores()["medium"])
	awkward := openapi.NewAwkwardRecord(0.5)
	awkward.SetCity("Москва")
	show("awkward", must(client.ScoringAPI.ScoreAwkward(ctx).AwkwardRecord(*awkward).Execute()).GetScore())

	show("models", len(must(client.ModelsAPI.ListModels(ctx).Execute()).Models))
	show("card", len(must(client.ModelsAPI.GetModel(ctx, "parcel-late@champion").Execute()).Features))
	stored := client.StoredScoresAPI
	tables := must(stored.ListScores(ctx).Execute())
	show("stored", len(tables.Scores), must(stored.GetScores(ctx, "parcels").Execute()).GetRows())
	show("row of key", must(stored.GetParcelsRowOfKey(ctx, "7").Execute()).GetScore())
	show("row of partition", must(stored.GetParcelsRowOfKey(ctx, "7").Day("1").Execute()).GetScore())
	show("row", must(stored.GetParcelsRow(ctx).ParcelId("7").Day("1").Execute()).GetScore())
	show("history", len(must(stored.GetParcelsRowHistoryOfKey(ctx, "7").Limit(1).Execute()).History))
	show("row history", len(must(stored.GetParcelsRowHistory(ctx).ParcelId("7").Execute()).History))
	keys := openapi.NewStoredKeys([]any{"7", "8"})
	found := must(stored.LookUpParcels(ctx).StoredKeys(*keys).Day("2").Execute())
	show("found", found.GetFound(), found.Results[1].Error.GetCode())
	values := map[string]any{"weight": -0.5}
	compared := must(stored.CompareParcelsRowOfKey(ctx, "7").RequestBody(values).Day("2").Execute())
	show("compare", compared.GetSameBits(), compared.GetCause(), compared.Now.GetScore())
	show("row compare", must(stored.CompareParcelsRow(ctx).ParcelId("7").RequestBody(values).Execute()).GetCause())
	if _, _, err := stored.GetParcelsRowOfKey(ctx, "9").Execute(); err != nil {
		refusal := problem(err)
		show("absent", refusal.GetStatus(), refusal.GetType())
	}

	weight := openapi.NewInputTensor("weight", []int64{1}, "FP64")
	weight.SetData([]any{2})
	request := openapi.NewInferenceRequest([]openapi.InputTensor{*weight})
	inferred := must(client.OpenInferenceAPI.Infer(ctx, "parcel-late").InferenceRequest(*request).Execute())
	show("infer", inferred.Outputs[0].Data[0])
	rows := openapi.NewMlflowRequest()
	row, err := record.ToMap()
	if err != nil {
		panic(err)
	}

	rows.SetDataframeRecords([]map[string]any{row})
	show("invocations", must(client.MlflowAPI.Invocations(ctx).MlflowRequest(*rows).Execute()).Predictions[0])
	inference := client.OpenInferenceAPI
	show(
		"rest",
		must(client.ModelsAPI.GetModelVersion(ctx, "parcel-late", "1").Execute()).Name,
		must(inference.InferenceServer(ctx).Execute()).Name,
		len(must(inference.InferenceModels(ctx).Execute()).Models),
		len(must(inference.InferenceModel(ctx, "parcel-late").Execute()).Inputs),
		must(inference.InferenceModelReady(ctx, "parcel-late").Execute()).Ready,
		must(inference.InferenceReady(ctx).Execute()).Ready,
		must(client.HealthAPI.Ready(ctx).Execute()).Ready,
		strings.TrimSpace(must(client.MlflowAPI.Health(ctx).Execute())) == "",
		must(client.ModelsAPI.OpenApi(ctx).Execute()) != nil,
	)
	show("version", must(client.MlflowAPI.Version(ctx).Execute()))
	show("ping", strings.TrimSpace(must(client.MlflowAPI.Ping(ctx).Execute())) == "")
	show("live", must(client.HealthAPI.Live(ctx).Execute()).GetLive())
	record.SetDistance(-5)
	if _, answer, err := client.ScoringAPI.ScoreParcelLate(ctx).ParcelLateRecord(*record).Execute(); err != nil {
		refusal := problem(err)
		show("refused", answer.StatusCode, refusal.GetType(), refusal.Errors[0].GetCode())
	}
}

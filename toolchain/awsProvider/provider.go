package main

import (
	"context"
	_ "embed"
	"errors"

	"portico/toolchain/awsProvider/names"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-provider-aws/xpprovider"
	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	sdkv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/x/muxer"
	"github.com/pulumi/pulumi-terraform-bridge/v3/unstable/metadata"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

//go:embed tokens.txt
var tokenList string

// functions of the Terraform provider, none of which is used.
var functions = []string{"arn_build", "arn_parse", "trim_iam_role_path", "user_agent"}

// provider describes the two halves of the Terraform provider, the SDK's and the framework's, as one Pulumi package
// with the tokens of tokens.txt.
func provider(ctx context.Context, version string) (tfbridge.ProviderInfo, error) {
	table, err := names.Read(tokenList)
	if err != nil {
		return tfbridge.ProviderInfo{}, err
	}
	frameworkHalf, sdkHalf, err := xpprovider.GetProvider(ctx)
	if err != nil {
		return tfbridge.ProviderInfo{}, err
	}
	sdkShim := sdkv2.NewProvider(sdkHalf,
		sdkv2.WithDiffStrategy(sdkv2.PlanState),
		sdkv2.WithPlanResourceChange(func(string) bool { return true }))
	info := tfbridge.ProviderInfo{
		P:                              pf.MuxShimWithPF(ctx, sdkShim, frameworkHalf),
		Name:                           "aws",
		Version:                        version,
		ResourcePrefix:                 "aws",
		MetadataInfo:                   tfbridge.NewProviderMetadata([]byte("{}")),
		EnableZeroDefaultSchemaVersion: true,
		EnableAccurateBridgePreview:    true,
		Resources:                      map[string]*tfbridge.ResourceInfo{},
		DataSources:                    map[string]*tfbridge.DataSourceInfo{},
		IgnoreMappings:                 functions,
	}
	mapResources(&info, table, resourceNames(ctx, sdkHalf, frameworkHalf))
	mapDataSources(&info, table, dataSourceNames(ctx, sdkHalf, frameworkHalf))
	return info, nil
}

func mapResources(info *tfbridge.ProviderInfo, table names.Table, all []string) {
	for _, name := range all {
		if token, ok := table.Resource(name); ok {
			info.Resources[name] = &tfbridge.ResourceInfo{Tok: tokens.Type(token), Fields: fields[name]}
		} else {
			info.IgnoreMappings = append(info.IgnoreMappings, name)
		}
	}
}

func mapDataSources(info *tfbridge.ProviderInfo, table names.Table, all []string) {
	for _, name := range all {
		if token, ok := table.DataSource(name); ok {
			info.DataSources[name] = &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember(token)}
		} else {
			info.IgnoreMappings = append(info.IgnoreMappings, name)
		}
	}
}

func resourceNames(ctx context.Context, sdkHalf *schema.Provider, frameworkHalf framework.Provider) []string {
	var all []string
	for name := range sdkHalf.ResourcesMap {
		all = append(all, name)
	}
	for _, make := range frameworkHalf.Resources(ctx) {
		var answer resource.MetadataResponse
		make().Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "aws"}, &answer)
		all = append(all, answer.TypeName)
	}
	return all
}

func dataSourceNames(ctx context.Context, sdkHalf *schema.Provider, frameworkHalf framework.Provider) []string {
	var all []string
	for name := range sdkHalf.DataSourcesMap {
		all = append(all, name)
	}
	for _, make := range frameworkHalf.DataSources(ctx) {
		var answer datasource.MetadataResponse
		make().Metadata(ctx, datasource.MetadataRequest{ProviderTypeName: "aws"}, &answer)
		all = append(all, answer.TypeName)
	}
	return all
}

// recordDispatch notes which half answers for each token: the vendor's build ships that as metadata of the bridge.
func recordDispatch(info tfbridge.ProviderInfo) error {
	muxed, ok := info.P.(interface {
		ResolveDispatch(*tfbridge.ProviderInfo) (muxer.DispatchTable, error)
	})
	if !ok {
		return errors.New("the bridge no longer tells which half of the provider serves a token")
	}
	table, err := muxed.ResolveDispatch(&info)
	if err != nil {
		return err
	}
	return metadata.Set(info.GetMetadata(), "mux", table)
}

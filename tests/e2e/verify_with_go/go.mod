module twinline.example/verify_with_go

go 1.19

require (
	github.com/transparency-dev/merkle v0.0.2
	golang.org/x/mod v0.17.0
	google.golang.org/protobuf v1.33.0
)

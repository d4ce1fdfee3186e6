module example/invoke

go 1.19
